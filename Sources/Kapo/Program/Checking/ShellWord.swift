/// Words for sh(1).
enum ShellWord {
    /// The text as one word, whatever is in it.
    static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
