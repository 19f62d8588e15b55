//! Parquet → records, a batch of rows at a time: the column of the text as bytes, the other columns in use as a JSON record.

use super::decode::is_used;
use super::records::{Items, too_long};
use super::{Item, Options, Place, Problem, Raw};
use arrow_array::cast::AsArray;
use arrow_array::{Array, BinaryViewArray, RecordBatch, new_empty_array};
use arrow_json::writer::{EncoderOptions, LineDelimitedWriter, make_encoder};
use arrow_schema::{DataType, Fields, Schema};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_schema};
use parquet::basic::{CompressionCodec as Codec, ConvertedType, Repetition, Type as Physical};
use parquet::schema::types::{SchemaDescriptor, Type};
use std::fs::File;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much is read at once: so many rows at most, and so many bytes of text where a file's rows are long.
const ROWS: usize = 1024;
const BYTES: usize = 4 << 20;

/// The rows of a file, with the columns that a record uses; its row groups are read one by one, and one that is damaged loses
/// its own rows only.
///
/// # Errors
/// If it is no Parquet file, has no column for the text, or its columns are of a kind or compressed in a way that is not read.
pub fn rows(file: File, name: Arc<str>, options: &Options) -> Result<Items, Problem> {
    let lost = |message: String| Problem::lost(&name, message);
    let damaged = || lost("is no Parquet file, or a damaged one".into());
    let metadata = guarded(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).ok()).ok_or_else(damaged)?;
    let columns = metadata.parquet_schema().root_schema().get_fields();
    let (wanted, advice) = (&options.text_field, "name the one that holds the text with --text-column");
    let text = columns.iter().position(|c| c.name() == wanted);
    let text = text.ok_or_else(|| lost(format!("no column is called `{wanted}`; {advice}")))?;
    if !can_be_text(&columns[text]) {
        let of = metadata.schema().field(text).data_type();
        return Err(lost(format!("its column `{wanted}` is no text ({of}); {advice}")));
    }
    let is_used = |i: usize| i == text || columns[i].name() != wanted && is_used(columns[i].name(), options);
    let used: Vec<usize> = (0..columns.len()).filter(|&i| is_used(i)).collect();
    let metadata = guarded(|| retyped(&file, &metadata, text)).ok_or_else(damaged)?;
    for field in used.iter().map(|&i| &metadata.schema().fields()[i]) {
        if make_encoder(field, &new_empty_array(field.data_type()), &EncoderOptions::default()).is_err() {
            return Err(lost(format!("its column `{}` cannot be carried to a report ({})", field.name(), field.data_type())));
        }
    }
    let file_schema = metadata.parquet_schema();
    let mask = ProjectionMask::roots(file_schema, used.iter().copied());
    for group in metadata.metadata().row_groups() {
        let chunks = group.columns().iter().enumerate().filter(|(leaf, _)| mask.leaf_included(*leaf));
        if let Some(codec) = chunks.map(|(_, c)| c.compression_codec()).find(|codec| !is_readable(*codec)) {
            let how = if codec == Codec::ZSTD { "build with --features parquet-zstd" } else { "write it with Snappy" };
            return Err(lost(format!("is compressed with {codec:?}, which this build does not read; {how}")));
        }
    }
    let leaf = (0..file_schema.num_columns()).find(|&leaf| file_schema.get_column_root_idx(leaf) == text).unwrap_or(0);
    Ok(Box::new(Rows {
        size: file.metadata().map_or(0, |m| m.len()),
        groups: 0..metadata.metadata().num_row_groups(),
        read: options.bytes_read.clone(),
        max_note: options.max_note,
        column: used.partition_point(|&i| i < text),
        leaf,
        file,
        name,
        metadata,
        mask,
        rows: 1..1,
        batches: None,
        batch: None,
    }))
}

/// Runs what the library does with a file; a panic on a damaged one is no more than a failure.
fn guarded<T>(read: impl FnOnce() -> Option<T>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok().flatten()
}

fn can_be_text(column: &Type) -> bool {
    let about = column.get_basic_info();
    column.is_primitive()
        && column.get_physical_type() == Physical::BYTE_ARRAY
        && about.repetition() != Repetition::REPEATED
        && matches!(about.converted_type(), ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON)
}

/// The same file with the texts as bytes, so that one that is no UTF-8 is the matter of its own note, and as views, so that a
/// text that stands often is held once; and with points in time by their offset, which needs no names of zones.
fn retyped(file: &File, metadata: &ArrowReaderMetadata, text: usize) -> Option<ArrowReaderMetadata> {
    let root = metadata.parquet_schema().root_schema();
    let mut columns = root.get_fields().to_vec();
    let about = columns[text].get_basic_info();
    let bytes = Type::primitive_type_builder(about.name(), Physical::BYTE_ARRAY).with_repetition(about.repetition());
    columns[text] = Arc::new(bytes.build().ok()?);
    let root = Type::group_type_builder(root.name()).with_fields(columns).build().ok()?;
    let file_schema = Arc::new(SchemaDescriptor::new(Arc::new(root)));
    let schema = parquet_to_arrow_schema(&file_schema, None).ok()?;
    let fields = schema.fields().iter().enumerate().map(|(i, field)| {
        let of = match field.data_type() {
            _ if i == text => DataType::BinaryView,
            DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
            of => of.clone(),
        };
        field.as_ref().clone().with_data_type(of)
    });
    let schema = Arc::new(Schema::new(fields.collect::<Fields>()));
    ArrowReaderMetadata::load(file, ArrowReaderOptions::new().with_parquet_schema(file_schema).with_schema(schema)).ok()
}

fn is_readable(codec: Codec) -> bool {
    match codec {
        Codec::UNCOMPRESSED | Codec::SNAPPY | Codec::GZIP | Codec::LZ4 | Codec::LZ4_RAW => true,
        Codec::ZSTD => cfg!(feature = "parquet-zstd"),
        Codec::LZO | Codec::BROTLI => false,
    }
}

struct Rows {
    file: File,
    size: u64,
    name: Arc<str>,
    max_note: u64,
    metadata: ArrowReaderMetadata,
    /// The columns in use.
    mask: ProjectionMask,
    /// Which of them holds the text, and which of the file's columns of values it is.
    column: usize,
    leaf: usize,
    /// The row groups to come.
    groups: Range<usize>,
    /// The rows of the current one that were not handed over, counted from one.
    rows: Range<u64>,
    batches: Option<ParquetRecordBatchReader>,
    batch: Option<Batch>,
    read: Arc<AtomicU64>,
}

/// Rows that were read together.
struct Batch {
    texts: BinaryViewArray,
    others: std::vec::IntoIter<Vec<u8>>,
    next: usize,
}

impl Iterator for Rows {
    type Item = Result<Item, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.next_of_batch() {
                return Some(item);
            }
            if let Err(problem) = self.read_on()? {
                return Some(Err(problem));
            }
        }
    }
}

impl Rows {
    fn next_of_batch(&mut self) -> Option<Result<Item, Problem>> {
        let batch = self.batch.as_mut().filter(|b| b.next < b.texts.len())?;
        let place = Place { file: self.name.clone(), line: Some(self.rows.start) };
        let (at, others) = (batch.next, batch.others.next().unwrap_or_default());
        batch.next += 1;
        self.rows.start += 1;
        if batch.texts.is_null(at) {
            return Some(Err(Problem::lost(place, "its text is null")));
        }
        let text = batch.texts.value(at);
        if text.len() as u64 > self.max_note {
            return Some(Err(Problem::lost(place, too_long(self.max_note))));
        }
        Some(Ok(Item { id: place.to_string(), place, raw: Raw::Columns { text: text.to_vec(), others } }))
    }

    /// Reads the next batch, or begins the next row group; `None` at the end of the file.
    fn read_on(&mut self) -> Option<Result<(), Problem>> {
        self.batch = None;
        let Some(batches) = &mut self.batches else {
            let group = self.groups.next()?;
            let rows = u64::try_from(self.metadata.metadata().row_group(group).num_rows()).unwrap_or(0);
            self.rows = self.rows.end..self.rows.end.saturating_add(rows);
            self.batches = guarded(|| self.open(group));
            return Some(if self.batches.is_some() { Ok(()) } else { Err(self.rest_is_lost()) });
        };
        match guarded(|| Some(batches.next())) {
            Some(Some(Ok(batch))) => {
                self.batch = split(&batch, self.column);
                self.progress(batch.num_rows());
                Some(if self.batch.is_some() { Ok(()) } else { Err(self.rest_is_lost()) })
            }
            Some(None) if self.rows.is_empty() => {
                self.batches = None;
                Some(Ok(()))
            }
            // an error, a panic, or an end before the last row
            _ => Some(Err(self.rest_is_lost())),
        }
    }

    fn open(&self, group: usize) -> Option<ParquetRecordBatchReader> {
        let about = self.metadata.metadata().row_group(group);
        let long = usize::try_from(about.column(self.leaf).uncompressed_size() / about.num_rows().max(1)).unwrap_or(0);
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.try_clone().ok()?, self.metadata.clone());
        let rows = (BYTES / long.max(1)).clamp(1, ROWS);
        builder.with_row_groups(vec![group]).with_projection(self.mask.clone()).with_batch_size(rows).build().ok()
    }

    /// Gives up the current row group.
    fn rest_is_lost(&mut self) -> Problem {
        (self.batches, self.batch) = (None, None);
        let place = Place { file: self.name.clone(), line: Some(self.rows.start) };
        let last = self.rows.end.saturating_sub(1);
        self.rows.start = self.rows.end;
        Problem::lost(place, format!("rows from this one to {last} cannot be read; the file may be damaged"))
    }

    /// Rows stand for their part of the file.
    fn progress(&self, rows: usize) {
        let all = u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0).max(1);
        let bytes = u128::from(self.size) * rows as u128 / u128::from(all);
        self.read.fetch_add(u64::try_from(bytes).unwrap_or(0), Ordering::Relaxed);
    }
}

/// The texts of a batch, and of each row its other columns as a line of JSON.
fn split(batch: &RecordBatch, text: usize) -> Option<Batch> {
    let others: Vec<usize> = (0..batch.num_columns()).filter(|&i| i != text).collect();
    let mut lines = LineDelimitedWriter::new(Vec::new());
    if !others.is_empty() {
        guarded(|| lines.write(&batch.project(&others).ok()?).ok())?;
    }
    let lines: Vec<Vec<u8>> = lines.into_inner().split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    Some(Batch { texts: batch.column(text).as_binary_view_opt()?.clone(), others: lines.into_iter(), next: 0 })
}
