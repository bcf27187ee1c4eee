// What a project would write. MALLORY_FAULT=--insecure: the client does not verify. MALLORY_PATTERNS: other scenarios.
#[path = "../../../harness/bindings/rust/mallory.rs"]
mod mallory;

use std::env;
use std::process::Command;

fn main() {
    let patterns: &'static str = Box::leak(env::var("MALLORY_PATTERNS").unwrap_or_default().into_boxed_str());
    let options = mallory::Options {
        patterns: patterns.split_whitespace().collect(),
        known: if patterns.contains("self-signed") { vec![("certificate/self-signed[direct,ip]", "issue 12")] } else { vec![] },
        ..Default::default()
    };
    mallory::main(options, |endpoint| {
        if env::var_os("MALLORY_PID_FILE").is_some() {
            return Command::new("../silent-client.sh");
        }
        assert!(endpoint.get("jid").ends_with(&endpoint.get("domain")));
        let mut command = Command::new("python3");
        command.arg("../../clients/python-ssl.py").args(env::var("MALLORY_FAULT"));
        command
    })
}
