import Host
import Machine

extension SpawnFailure {
    /// A start that was given up before the kernel was asked to execute the command.
    init(_ command: Command, _ trouble: String) {
        self.init(kind: .notExecutable, reason: "cannot start '\(command.words[0].text)': \(trouble)")
    }

    /// What a failed start means for people.
    init(_ error: SystemError, _ command: Command) {
        let text = command.words[0].text
        let isPath = command.words[0].bytes.contains(UInt8(ascii: "/"))
        // That there is no process to be had says it all.
        let isPlain = error.isOfExec || error.call == "clone"
        let said = isPlain ? SystemError.text(of: error.code) : Self.beforeExec(error, command)
        switch Command.Trouble(error) {
        case .notFound where isPath && File.exists(command.pathToExecute, in: command.directory):
            self.init(
                kind: .notFound, reason: "cannot start '\(text)': the interpreter or loader that it names is missing")
        case .notFound where isPath:
            self.init(kind: .notFound, reason: "cannot start '\(text)': \(said)")
        case .notFound:
            self.init(
                kind: .notFound,
                reason: "cannot start '\(text)': it, or the interpreter that it names, is not found along PATH")
        case .noResources: self.init(kind: .noResources, reason: "cannot start '\(text)': \(said)")
        case .notExecutable: self.init(kind: .notExecutable, reason: "cannot start '\(text)': \(said)")
        }
    }

    /// The call, which has nothing to do with the command itself, and what the kernel said.
    private static func beforeExec(_ error: SystemError, _ command: Command) -> String {
        guard error.call == "chdir", let directory = command.workingDirectory else { return "\(error)" }
        return "chdir '\(directory.text)': \(SystemError.text(of: error.code))"
    }
}

extension Command {
    /// The command's name, a path, as seen from `directory`.
    fileprivate var pathToExecute: Word {
        let slash = UInt8(ascii: "/")
        guard words[0].bytes.first != slash, let workingDirectory else { return words[0] }
        return Word(bytes: workingDirectory.bytes + [slash] + words[0].bytes)
    }
}
