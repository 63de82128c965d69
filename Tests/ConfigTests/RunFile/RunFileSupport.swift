@testable import Config

/// Names that `kapo:` may have in these tests.
let runOptions = [
    "port", "interface", "restart", "backoff", "start-limit", "ready", "kill-after", "rewrite-signal", "wait",
]

/// The service that a text describes.
func readRun(_ text: String) throws(RunFile.Mistakes) -> RunFile {
    try RunFile(bytes: Array(text.utf8), file: "run.yml", options: runOptions)
}

/// What is wrong with a text, a line for each mistake; empty if nothing is.
func runMistakes(_ text: String) -> [String] {
    do {
        _ = try readRun(text)
        return []
    } catch {
        return error.description.split(separator: "\n").map(String.init)
    }
}
