import Glibc

/// What capabilities(7) lets these tests, and so Kapo, do: root in a container may do less than root.
enum Powers {
    /// CAP_SETGID and CAP_SETUID.
    static let changesUser = has([6, 7])
    /// CAP_SETPCAP as well, which securebits need.
    static let changesSecurebits = has([6, 7, 8])
    /// CAP_SYS_NICE.
    static let isNice = has([23])

    private static func has(_ numbers: [UInt64]) -> Bool {
        let line = Files.text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("CapEff:") }
        let mask = line.flatMap { $0.split(separator: "\t").last }.flatMap { UInt64($0, radix: 16) } ?? 0
        return numbers.allSatisfy { mask & 1 << $0 != 0 }
    }
}

extension Sandbox {
    /// Runs a script of sh(1) under `kapo run` with these options, and waits for the end.
    func run(
        _ options: [String], _ script: String, environment: [String: String?] = [:]
    ) throws -> Outcome {
        try finish(Self.kapo(["run"] + options + ["sh", "-c", script]), environment: environment)
    }

    /// The same, from a directory of that name in the sandbox.
    func run(in name: String, _ options: [String], _ script: String) throws -> Outcome {
        let words = Self.kapo(["run"] + options + ["sh", "-c", script])
        return try finish(["env", "--chdir", path(name)] + words)
    }

    /// Makes a directory that everybody may enter, as the sandbox's own then is.
    func makeDirectory(_ name: String) throws {
        for (path, mode) in [(directory, 0o711), (path(name), 0o755)] as [(String, mode_t)] {
            // mkdir fails for the sandbox's own, which is there.
            _ = unsafe mkdir(path, mode)
            guard unsafe chmod(path, mode) == 0 else { throw HarnessError.system("chmod \(path)") }
        }
    }
}
