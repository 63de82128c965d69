import Glibc
import Testing

/// Where the program under test is.
enum Programs {
    /// The built `kapo`: KAPO_BINARY if it is set, otherwise the one beside the running tests.
    static let kapo: String = {
        if let named = Environment.own["KAPO_BINARY"], !named.isEmpty {
            precondition(Files.isExecutable(named), "KAPO_BINARY is \(named), which is not an executable file")
            return named
        }
        let tests = Files.target(ofLink: "/proc/self/exe") ?? ""
        var directory = tests[...]
        // Ends: each turn drops a component of the path.
        while let slash = directory.lastIndex(of: "/") {
            directory = directory[..<slash]
            let candidate = directory + "/kapo"
            if Files.isExecutable(String(candidate)) { return String(candidate) }
        }
        preconditionFailure("no executable kapo beside or above \(tests): build it, or set KAPO_BINARY")
    }()

    /// The static release, which `make release` builds: KAPO_RELEASE if it is set, otherwise `.build/kapo`.
    static let release: String = {
        let root = "\(#filePath)".split(separator: "/").dropLast(4).joined(separator: "/")
        let program = Environment.own["KAPO_RELEASE"] ?? "/\(root)/.build/kapo"
        precondition(Files.isExecutable(program), "\(program) is missing: make release builds it")
        return program
    }()
}

/// The environment that the tests were started with, and what programs under test get of it.
enum Environment {
    /// All variables of this process, as it was started.
    static let own: [String: String] = {
        let entries = (Files.read("/proc/self/environ") ?? []).split(separator: 0)
        let pairs = entries.compactMap { entry -> (String, String)? in
            guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            return (
                String(decoding: entry[..<equals], as: UTF8.self),
                String(decoding: entry[(equals + 1)...], as: UTF8.self)
            )
        }
        return Dictionary(pairs) { first, _ in first }
    }()

    /// Without anything that would change what Kapo or curl do, and with Debian's own programs first.
    static let clean: [String: String] = {
        var variables = own.filter { name, _ in
            !name.hasPrefix("KAPO_") && !name.hasPrefix("LISTEN_") && name != "NOTIFY_SOCKET"
                && !name.lowercased().hasSuffix("_proxy")
        }
        variables["PATH"] = "/usr/bin:/bin:/usr/sbin:/sbin:" + (own["PATH"] ?? "")
        variables["LC_ALL"] = "C.UTF-8"
        return variables
    }()
}
