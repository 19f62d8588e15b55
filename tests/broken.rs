//! What a person sees who made a mistake in a knowledge file: `tests/broken/<mistake>/` is a folder of knowledge,
//! `tests/broken/<mistake>.snap` what the check says of it. Together they are the specification of the messages.

use annotate_snippets::Renderer;
use cervicode::check::{Scope, check};
use cervicode::diagnostic::render;
use std::path::Path;

fn mistakes() -> Vec<String> {
    let entries = std::fs::read_dir(crate::root().join("tests/broken")).unwrap().flatten();
    let mut names: Vec<String> = entries.filter(|e| e.path().is_dir()).map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_mistake_is_told_with_its_place() {
    for name in mistakes() {
        // relative, as a person would type it, so that the messages are the same everywhere
        let folder = format!("tests/broken/{name}");
        let checked = check(Scope::Alone(Path::new(&folder)));
        let mut source = |path: &str| std::fs::read_to_string(path).ok().map(Into::into);
        let shown = render(&checked.problems, &mut source, &Renderer::plain());
        insta::with_settings!({ snapshot_path => "broken", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, shown);
        });
    }
}
