//! What the README says is what the program does: its example and its table of commands.

use cervicode::cli::run_with;

fn readme() -> String {
    std::fs::read_to_string(crate::root().join("README.md")).unwrap()
}

fn ran(args: &[&str]) -> (String, u8) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let all = std::iter::once("cervicode").chain(args.iter().copied()).map(Into::into);
    let status = run_with(all, Box::new(std::io::empty()), &mut out, &mut err);
    (String::from_utf8(out).unwrap(), status)
}

/// The text between a fence of this kind and the next.
fn block<'t>(text: &'t str, kind: &str) -> &'t str {
    let from = text.find(&format!("```{kind}\n")).unwrap() + kind.len() + 4;
    &text[from..from + text[from..].find("```").unwrap()]
}

#[test]
fn the_example_prints_what_is_shown() {
    let text = readme();
    let line = block(&text, "sh").lines().next().unwrap();
    let command = line.split('#').next().unwrap().split(" -- ").nth(1).unwrap();
    let args: Vec<String> = command
        .split_whitespace()
        .map(|a| if a.contains('/') { crate::root().join(a).display().to_string() } else { a.to_string() })
        .collect();
    let (out, status) = ran(&args.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(status, 0);
    assert_eq!(out.trim_end(), block(&text, "text").trim_end(), "the README's example is not what the command prints");
    assert!(out.lines().all(|l| l.chars().count() <= 80), "a line is longer than 80 columns");
}

#[test]
fn what_it_is_built_with_exists() {
    let (text, manifest) = (readme(), std::fs::read_to_string(crate::root().join("Cargo.toml")).unwrap());
    let named: Vec<&str> = text.split("--features ").skip(1).filter_map(|t| t.split(['`', ' ', '\n']).next()).collect();
    assert!(!named.is_empty());
    for name in named {
        assert!(manifest.contains(&format!("\n{name} = [")), "there is no feature `{name}`");
    }
}

#[test]
fn every_command_of_the_table_exists() {
    let text = readme();
    let rows = text.lines().filter(|l| l.starts_with("| `"));
    let mut seen = 0;
    for row in rows {
        let cell = row.split('|').nth(1).unwrap();
        for command in cell.split('`').skip(1).step_by(2) {
            let name = command.split_whitespace().next().unwrap();
            let (out, status) = ran(&[name, "--help"]);
            assert!(status == 0 && out.contains("Usage"), "`{name}`");
            seen += 1;
            // options that the row names are there
            for option in row.split('`').filter(|w| w.starts_with("--")).filter_map(|w| w.split_whitespace().next()) {
                let help = cell.split('`').skip(1).step_by(2).map(|c| ran(&[c.split_whitespace().next().unwrap(), "--help"]).0);
                assert!(help.into_iter().any(|h| h.contains(option)), "`{name}` has no {option}");
            }
        }
    }
    assert!(seen > 15, "{seen}");
}
