import Glibc
import Testing

/// A spool in a sandbox, and hacheck's commands.
struct SpoolPlace {
    let box: Sandbox
    /// The directory of the spool.
    let root: String

    /// Links of hacheck's names, and a spool that is not there yet.
    init(_ box: Sandbox) throws {
        self.box = box
        root = box.path("spool")
        for name in ["haup", "hadown", "hastatus", "halist"] {
            let made = unsafe symlink(Programs.kapo, box.path(name))
            guard made == 0 else { throw HarnessError("symlink \(name)") }
        }
    }

    /// Runs a command, parted by spaces, by one of hacheck's names or as `kapo`.
    func run(_ line: String, environment: [String: String?] = [:]) throws -> Outcome {
        let words = line.split(separator: " ").map(String.init)
        let program = words[0] == "kapo" ? Programs.kapo : box.path(words[0])
        let own = ["KAPO_SPOOL_ROOT": root, "SUDO_USER": "alice"] as [String: String?]
        return try box.finish(
            [program] + words.dropFirst(), environment: own.merging(environment) { _, new in new })
    }

    /// The contents of a file of the spool.
    func text(_ name: String) -> String { Files.text("\(root)/\(name)") }

    /// The names of its files, sorted; those that begin with a dot too.
    var names: [String] { Files.names(in: root).filter { $0 != "." && $0 != ".." }.sorted() }

    /// Writes a file as somebody else would.
    func put(_ name: String, _ contents: String) throws { try Files.write("\(root)/\(name)", contents.utf8) }
}
