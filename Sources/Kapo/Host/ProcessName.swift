/// Whether a process goes by a name.
///
/// It does by its kernel name (cut at 15 bytes), by the base name of its executable, of its argv[0], or of the script
/// that it interprets: `./worker.py` runs as `python3 ./worker.py`, and people call it `worker.py`.
package struct ProcessName: Sendable {
    /// How many arguments are looked at in search of the script.
    static let mostArguments = 16

    package let name: [UInt8]

    /// That name; a path stands for its base name.
    package init(_ word: Word) {
        name = Self.baseName(word.bytes[...])
    }

    /// What can be known of a process; the parts that cost a system call are asked for only when needed.
    package struct Candidate {
        package var kernelName: [UInt8]
        /// Where /proc/PID/exe points; nil when Kapo may not know.
        package var executable: () -> [UInt8]?
        /// The process's argv.
        package var arguments: () -> [[UInt8]]
        /// The first bytes of the file that the process would open under this path; nil when there is no such file.
        package var fileStart: ([UInt8]) -> [UInt8]?

        /// A candidate.
        package init(
            kernelName: [UInt8], executable: @escaping () -> [UInt8]?, arguments: @escaping () -> [[UInt8]],
            fileStart: @escaping ([UInt8]) -> [UInt8]?
        ) {
            self.kernelName = kernelName
            self.executable = executable
            self.arguments = arguments
            self.fileStart = fileStart
        }
    }

    /// True when the candidate goes by this name.
    package func matches(_ candidate: Candidate) -> Bool {
        if candidate.kernelName == name { return true }
        let arguments = candidate.arguments()
        if let first = arguments.first, Self.baseName(first[...]) == name { return true }
        if let executable = candidate.executable(), Self.baseName(executable[...]) == name { return true }
        return interprets(arguments, candidate.fileStart)
    }

    /// True when argv[0] is the interpreter of a script of this name: its first argument that is a file, if that file's
    /// `#!` line names argv[0].
    private func interprets(_ arguments: [[UInt8]], _ fileStart: ([UInt8]) -> [UInt8]?) -> Bool {
        let later = arguments.dropFirst().prefix(Self.mostArguments)
        guard let interpreter = arguments.first, later.contains(where: { Self.baseName($0[...]) == name }) else {
            return false
        }
        for argument in later {
            // `-c` and `-m` say that there is no script, but text or a module.
            if argument == Array("-c".utf8) || argument == Array("-m".utf8) { return false }
            if argument.first == UInt8(ascii: "-") { continue }
            guard let start = fileStart(argument) else { continue }
            return Self.baseName(argument[...]) == name
                && Self.interpreters(of: start).contains(Self.baseName(interpreter[...]))
        }
        return false
    }

    /// The base names of the words of a `#!` line: `#!/usr/bin/env python3` names both `env` and `python3`.
    static func interpreters(of start: [UInt8]) -> [[UInt8]] {
        guard start.starts(with: "#!".utf8) else { return [] }
        let line = start.dropFirst(2).prefix { $0 != UInt8(ascii: "\n") }
        return line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            .map(baseName)
    }

    static func baseName(_ path: ArraySlice<UInt8>) -> [UInt8] {
        var path = path
        let deleted = " (deleted)".utf8
        if path.count > deleted.count, path.suffix(deleted.count).elementsEqual(deleted) {
            path = path.dropLast(deleted.count)
        }
        return Array(path.split(separator: UInt8(ascii: "/")).last ?? [])
    }
}
