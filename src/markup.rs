//! What an export of HTML marks up: tags, entities, and text that is struck out or commented out.

/// What stands in a run of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tags {
    /// First byte of the first.
    pub start: usize,
    /// Behind the last of them.
    pub end: usize,
    /// Whether one of them ends or begins a line ("</li><li>").
    pub breaks: bool,
    /// Whether one of them parts the cells of a row ("</td><td>").
    pub cells: bool,
}

/// What a tag parts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    Lines,
    Cells,
    Nothing,
}

const TAGS: [(Parts, &[&str]); 3] = [
    (
        Parts::Lines,
        &[
            "p", "div", "li", "ul", "ol", "br", "hr", "tr", "table", "thead", "tbody", "tfoot", "caption", "h1", "h2", "h3", "h4", "h5",
            "h6", "section", "article", "body", "head", "html", "title", "header", "footer", "dl", "dt", "dd", "pre",
        ],
    ),
    (Parts::Cells, &["td", "th"]),
    (Parts::Nothing, &["b", "strong", "i", "em", "u", "span", "font", "a", "small", "sup", "sub", "center"]),
];

/// Bytes a tag with its attributes may have.
const TAG: usize = 200;

/// The run of tags that begins at byte `at`, with the spaces between them; `None` if none does.
pub(crate) fn tags(text: &[u8], at: usize) -> Option<Tags> {
    let mut found = Tags { start: at, end: at, breaks: false, cells: false };
    let mut next = at;
    while let Some((parts, end)) = tag(text, next) {
        found.breaks |= parts == Parts::Lines;
        found.cells |= parts == Parts::Cells;
        found.end = end;
        next = end + blanks(&text[end..]);
    }
    (found.end > at).then_some(found)
}

/// Whether the text holds cells of a table.
pub(crate) fn tabular(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| tags(text.as_bytes(), at).is_some_and(|run| run.cells))
}

/// Behind the end of the line at byte `at`, if nothing but spaces stands before it; the end of the text is one.
pub(crate) fn line_end(text: &[u8], at: usize) -> Option<usize> {
    let at = at + blanks(text.get(at..)?);
    match text.get(at..)? {
        [] => Some(at),
        [b'\r', b'\n', ..] => Some(at + 2),
        [b'\n' | b'\r', ..] => Some(at + 1),
        _ => None,
    }
}

fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|b| matches!(b, b' ' | b'\t')).count()
}

/// What the tag that begins at byte `at` parts, and where it ends.
fn tag(text: &[u8], at: usize) -> Option<(Parts, usize)> {
    let here = text.get(at..).filter(|here| here.first() == Some(&b'<'))?;
    let from = if here.get(1) == Some(&b'/') { 2 } else { 1 };
    let width = here[from..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let name = &here[from..from + width];
    let (parts, _) = TAGS.iter().find(|(_, names)| names.iter().any(|n| n.as_bytes().eq_ignore_ascii_case(name)))?;
    let behind = &here[from + width..here.len().min(TAG)];
    let close = behind.iter().position(|b| matches!(b, b'<' | b'>')).filter(|at| behind[*at] == b'>')?;
    // "<a 5 lb weight>" has no attributes
    let attributes = &behind[..close];
    let bare = attributes.iter().all(|b| matches!(b, b' ' | b'/'));
    (bare || (attributes[0] == b' ' && attributes.contains(&b'='))).then_some((*parts, at + from + width + close + 1))
}

/// The longest stretch of text that is read as struck out.
const STRUCK: usize = 2000;

/// What an export marks and nobody is to read: text that is struck out or commented out, and a blank that is written as an entity. Where it
/// ends, if one begins at byte `at`.
pub(crate) fn unread(text: &[u8], at: usize) -> Option<usize> {
    const BLANKS: [&[u8]; 2] = [b"&nbsp;", b"&#160;"];
    const STRIKES: [(&[u8], &[u8]); 5] =
        [(b"~~", b"~~"), (b"<s>", b"</s>"), (b"<del>", b"</del>"), (b"<strike>", b"</strike>"), (b"<!--", b"-->")];
    let here = text.get(at..)?;
    let begins = |mark: &[u8]| here.get(..mark.len()).is_some_and(|h| h.eq_ignore_ascii_case(mark));
    if let Some(blank) = BLANKS.iter().find(|blank| begins(blank)) {
        return Some(at + blank.len());
    }
    let (open, close) = STRIKES.iter().find(|(open, _)| begins(open))?;
    let body = &here[open.len()..here.len().min(STRUCK)];
    let end = body.windows(close.len()).position(|w| w.eq_ignore_ascii_case(close))?;
    // a row of tildes is a line, and strikes nothing out
    let struck = end > 0 && (close != b"~~" || !body[..end].contains(&b'\n') && body[0] != b'~');
    struck.then_some(at + open.len() + end + close.len())
}

/// A mark that an export writes as an entity, if one begins at byte `at`, and where it ends.
pub(crate) fn entity(text: &[u8], at: usize) -> Option<(u8, usize)> {
    const ENTITIES: [(&[u8], u8); 14] = [
        (b"&amp;", b'&'),
        (b"&ndash;", b'-'),
        (b"&mdash;", b'-'),
        (b"&minus;", b'-'),
        (b"&#45;", b'-'),
        (b"&#8208;", b'-'),
        (b"&#8209;", b'-'),
        (b"&#8211;", b'-'),
        (b"&#8212;", b'-'),
        (b"&#x2011;", b'-'),
        (b"&#x2013;", b'-'),
        (b"&#x2014;", b'-'),
        (b"&gt;", b'>'),
        (b"&lt;", b'<'),
    ];
    let here = text.get(at..).filter(|here| here.first() == Some(&b'&'))?;
    let begins = |name: &[u8]| here.get(..name.len()).is_some_and(|h| h.eq_ignore_ascii_case(name));
    ENTITIES.iter().find(|(name, _)| begins(name)).map(|(name, mark)| (*mark, at + name.len()))
}
