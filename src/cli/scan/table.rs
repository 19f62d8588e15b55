//! A Parquet file of reports: it is none before its end is written, so it grows beside its place and takes it when it is whole.

use crate::report::parquet::Writer;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The file while it grows.
pub(super) struct Table {
    rows: Option<Writer<File>>,
    part: PathBuf,
    path: PathBuf,
}

impl Table {
    pub fn new(path: &Path) -> io::Result<Table> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let rows = Writer::new(File::create(&part)?)?;
        Ok(Table { rows: Some(rows), part, path: path.to_owned() })
    }

    pub fn add(&mut self, row: &[u8]) -> io::Result<()> {
        self.rows.as_mut().map_or(Ok(()), |rows| rows.add(row))
    }

    pub fn finish(&mut self) -> io::Result<()> {
        let Some(rows) = self.rows.take() else { return Ok(()) };
        rows.finish()?.sync_all()?;
        fs::rename(&self.part, &self.path)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // what a failure leaves is of no use; after a success there is nothing
        let _ = fs::remove_file(&self.part);
    }
}
