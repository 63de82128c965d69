import Glibc

@testable import Config

/// Another reader of YAML: python3-yaml, which is written in Python and not libyaml.
enum PyYAML {
    private struct Failure: Error {
        let status: Int32
    }

    /// Exits with the number of the first text that it reads otherwise than JSON's, or with 250 if there is none.
    private static let script = """
        import json, sys, yaml
        parts = sys.stdin.buffer.read().decode().split(chr(0))[:-1]
        assert len(parts) % 2 == 0 and len(parts) > 0
        for i in range(0, len(parts), 2):
            if yaml.load(parts[i], yaml.SafeLoader) != json.loads(parts[i + 1]):
                print(parts[i], parts[i + 1], file=sys.stderr)
                sys.exit(min(i // 2, 240))
        sys.exit(250)
        """

    /// The index of the first pair of a YAML text and a JSON text that are not the same to it, 240 at most.
    static func disagreement(_ pairs: [(yaml: String, json: String)]) throws -> Int? {
        guard let pipe = unsafe popen("exec python3 -B -c '\(script)'", "we") else { throw Failure(status: -1) }
        for (yaml, json) in pairs {
            for text in [yaml, json] {
                let bytes = Array(text.utf8) + [0]
                unsafe fwrite(bytes, 1, bytes.count, pipe)
            }
        }
        let status = unsafe pclose(pipe)
        // wait(2): the exit code is the second byte. 1 is also what Python ends with when it fails.
        guard status & 0xff == 0 else { throw Failure(status: status) }
        return status >> 8 == 250 ? nil : Int(status >> 8)
    }

    /// The service as JSON, made without any of the code that writes YAML.
    static func json(of file: RunFile) -> String {
        var entries: [(String, String?)] = [
            ("cmd", list(file.command)), ("cwd", file.directory.map(string)),
            ("env", mapping(file.environment.map { ($0.name, string($0.value)) })),
            (
                "pid",
                mapping([
                    ("follow", file.pidFollow.map(string)), ("parent", file.pidParent.map(string)),
                    ("child", file.pidChild.map(string)),
                ])
            ),
            ("log", file.log.map(logFile)), ("stderr", file.errorLog.map(logFile)), ("logger", file.logger.map(list)),
            ("require", file.requires.isEmpty ? nil : list(file.requires)),
            ("require_cmd", file.requireCommand.map(string)), ("post_exit", file.postExit.map(string)),
            ("user", file.user.map { string($0.user + ($0.group.map { ":" + $0 } ?? "")) }),
            ("wait", "\(Double(file.wait.nanoseconds) / 1e9)"), ("retries", "\(file.retries ?? -1)"),
        ]
        let options = file.options.map { option in
            (option.name, option.values.count == 1 ? value(option.values[0], option.isBool) : list(option.values))
        }
        let control = [
            ("control-mode", file.controlMode.map { string("0\(String($0.mode, radix: 8))") }),
            ("control-group", file.controlGroup.map { string($0.name) }),
        ]
        entries.append(("kapo", mapping(options + control)))
        return mapping(entries) ?? "{}"
    }

    /// An option's number may be one to other readers.
    private static func value(_ text: String, _ isBool: Bool) -> String {
        isBool || Int(text).map { $0 >= 0 && "\($0)" == text } == true ? text : string(text)
    }

    private static func logFile(_ log: LogFileSettings) -> String {
        mapping([
            ("file", string(log.file)), ("age", "\(log.ageSeconds)"), ("num", log.files == 0 ? nil : "\(log.files)"),
            ("size", "\(log.sizeBytes / 1_048_576)"), ("timestamp", log.timestamps ? "true" : "false"),
        ]) ?? "{}"
    }

    private static func list(_ texts: [String]) -> String {
        "[\(texts.map(string).joined(separator: ", "))]"
    }

    private static func mapping(_ entries: [(String, String?)]) -> String? {
        let there = entries.compactMap { name, value in value.map { "\(string(name)): \($0)" } }
        return there.isEmpty ? nil : "{\(there.joined(separator: ", "))}"
    }

    /// Every unit of UTF-16 by its number, which needs no knowledge of JSON.
    private static func string(_ text: String) -> String {
        let units = text.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "\"\(units.joined())\""
    }
}
