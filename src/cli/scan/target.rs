//! Where the reports of a scan are written.

#[cfg(feature = "parquet")]
use super::table::Table;
use crate::report::Report;
use std::io::{self, Write};

/// Standard output or a file.
pub(super) enum Target<'w> {
    /// Grows report by report.
    Stream(Box<dyn Write + Send + 'w>),
    /// Is whole or not there.
    #[cfg(feature = "parquet")]
    Table(Box<Table>),
}

impl Target<'_> {
    /// Adds what one report became.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Target::Stream(out) => out.write_all(bytes),
            #[cfg(feature = "parquet")]
            Target::Table(table) => table.add(bytes),
        }
    }

    /// Adds a report as a line of NDJSON, piece by piece.
    pub fn add_line(&mut self, report: &Report) -> io::Result<()> {
        match self {
            Target::Stream(out) => {
                serde_json::to_writer(&mut **out, report)?;
                out.write_all(b"\n")
            }
            #[cfg(feature = "parquet")]
            Target::Table(table) => table.add(&serde_json::to_vec(report)?),
        }
    }

    /// Nothing more is added.
    pub fn finish(&mut self) -> io::Result<()> {
        match self {
            Target::Stream(out) => out.flush(),
            #[cfg(feature = "parquet")]
            Target::Table(table) => table.finish(),
        }
    }
}
