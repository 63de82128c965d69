import ArgumentParser
import Config
import Glibc
import Host
import Machine
import Program
import Testing

@testable import Commands

/// What Kapo makes of these words, as `Main` does it: the options of a program, or an error.
func options(_ words: [String]) throws -> Options {
    let line = CommandLineWords(words.map { Word($0) })
    var command = try Kapo.parseAsRoot(line.forParser)
    guard let mode = command as? any ModeCommand else {
        // Help, or no mode at all: both throw what is to be said.
        try command.run()
        throw CancellationError()
    }
    return try mode.options(commandWords: line.command)
}

/// The same, of words that a space parts.
func options(_ line: String) throws -> Options {
    try options(line.split(separator: " ").map(String.init))
}

/// The exit code and the message that Kapo would end with instead of starting anything; nil when it would start.
func refusalOf(_ words: [String]) -> (code: Int32, message: String)? {
    do {
        _ = try options(words)
        return nil
    } catch {
        return (Kapo.exitCode(for: error).rawValue, Kapo.fullMessage(for: error))
    }
}

/// Takes Kapo's variables out of the environment of this process, which must be one of an exit test: elsewhere other
/// tests would read the environment meanwhile.
func unsetVariables() {
    for entry in Invocation.environment where entry.text.hasPrefix("KAPO_") {
        unsafe unsetenv(String(entry.text.prefix { $0 != "=" }))
    }
}

/// Sets a variable of this process; the same holds.
func set(_ name: String, _ value: String) {
    unsafe setenv(name, value, 1)
}

extension Options {
    /// What `run` and `supervise` are to do; nil for `watch`.
    var child: ChildOptions? {
        if case .child(let child) = job { child } else { nil }
    }

    /// The policy of `supervise`; nil for the other modes.
    var restart: RestartPolicy? {
        if case .restart(let restart)? = child?.policy.afterExit { restart } else { nil }
    }

    /// The words of the command.
    var words: [String]? { child?.words.map(\.text) }

    /// What the command finds around itself; nothing for `watch`.
    var surroundings: Surroundings { child?.surroundings ?? Surroundings() }
}
