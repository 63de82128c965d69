import ArgumentParser
import Config
import Host
import Program

/// The options of supervise that name files of services.
struct ConfigOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Supervise what that file says, as immortal's run.yml does.", valueName: "run.yml"),
        completion: .file(extensions: ["yml"]), transform: Path.init(text:))
    var config: Path?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Supervise a service for each NAME.yml in that directory.", valueName: "dir"),
        completion: .directory, transform: Path.init(text:))
    var configDir: Path?

    @Flag(
        help: "Check what --config or --config-dir names, print what it comes to, and exit with 0; with 1 for mistakes."
    )
    var checkConfig = false

    /// Throws what does not go together.
    func check(hasCommand: Bool) throws {
        if config != nil && configDir != nil { throw ValidationError("It is --config or --config-dir, not both.") }
        let isGiven = config != nil || configDir != nil
        if isGiven && hasCommand { throw ValidationError("The file says what to supervise: no command goes with it.") }
        if checkConfig && !isGiven {
            throw ValidationError("--check-config checks what --config or --config-dir names.")
        }
    }

    /// True when a file takes the place of the command.
    var isGiven: Bool { config != nil || configDir != nil }
}

/// What `--check-config` and `-cc` say.
enum ConfigCheck {
    /// Ends with the effective configuration of these files, or with all that is wrong with them.
    static func end(_ paths: [String], _ reader: ServiceReader) throws -> Never {
        var texts: [String] = []
        var mistakes: [String] = []
        for path in paths {
            do {
                let (run, _) = try service(path, reader)
                texts.append((paths.count > 1 ? "# \(path)\n" : "") + run.text)
            } catch {
                mistakes.append(error.description)
            }
        }
        if !mistakes.isEmpty { throw Mistakes(description: mistakes.joined(separator: "\n")) }
        throw CleanExit.message(texts.joined(separator: "---\n"))
    }

    /// What a file says, and the service that it describes.
    static func service(_ path: String, _ reader: ServiceReader) throws(Mistakes) -> (RunFile, ServiceOptions) {
        do {
            let run = try reader.file(path)
            return (run, try reader.service(run, path))
        } catch {
            throw Mistakes(description: "\(error)")
        }
    }

    /// What is wrong with files: lines for people. Kapo ends with 1.
    struct Mistakes: Error, CustomStringConvertible {
        let description: String
    }
}
