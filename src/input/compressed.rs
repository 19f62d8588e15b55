//! Gzip and Zstandard, by extension; both readers are plain Rust and accept several members in a row.

use ruzstd::decoding::StreamingDecoder;
use std::io::{self, BufRead, BufReader, Read};

/// The name without `.gz` or `.zst`, and which of the two it had.
pub fn stem(name: &str) -> (&str, Option<Method>) {
    let lower = name.to_ascii_lowercase();
    match () {
        () if lower.ends_with(".gz") => (&name[..name.len() - 3], Some(Method::Gzip)),
        () if lower.ends_with(".zst") => (&name[..name.len() - 4], Some(Method::Zstd)),
        () => (name, None),
    }
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `.gz`
    Gzip,
    /// `.zst`
    Zstd,
}

/// A buffered reader of the plain bytes.
pub fn reader(raw: Box<dyn Read + Send>, method: Option<Method>) -> Box<dyn BufRead + Send> {
    let raw = BufReader::with_capacity(1 << 18, raw);
    match method {
        None => Box::new(raw),
        Some(Method::Gzip) => Box::new(BufReader::with_capacity(1 << 18, flate2::bufread::MultiGzDecoder::new(raw))),
        Some(Method::Zstd) => Box::new(BufReader::with_capacity(1 << 18, Frames { raw: Some(raw), frame: None })),
    }
}

type Raw = BufReader<Box<dyn Read + Send>>;

/// Zstandard frames, one after the other.
struct Frames {
    raw: Option<Raw>,
    frame: Option<StreamingDecoder<Raw, ruzstd::decoding::FrameDecoder>>,
}

impl Read for Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let n = frame.read(buffer)?;
                if n > 0 || buffer.is_empty() {
                    return Ok(n);
                }
                self.raw = self.frame.take().map(StreamingDecoder::into_inner);
            }
            let Some(mut raw) = self.raw.take() else { return Ok(0) };
            if raw.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.frame = Some(StreamingDecoder::new(raw).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e.to_string()))?);
        }
    }
}
