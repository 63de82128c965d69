/// Goes through a configuration of the proxy from top to bottom, and keeps what is good of it and all that is wrong.
struct ProxyFileReader: YAMLReader {
    private static let keys = [
        "cache_time", "cache_time_failure", "healthcheck_timeout", "max_clients", "keep_alive",
        "service_name_header", "http_headers_to_copy", "log_path", "mysql_username", "mysql_password",
        "mysql_password_file", "rlimit_nofile",
        "allow_remote_spool_changes", "remote_spool_from", "remote_spool_token_file", "allowed_targets", "verify",
        "ca_file", "agent_port",
    ]

    private(set) var result = ProxyFile()
    var mistakes: YAMLMistakes
    /// Keys that nothing knows: no reason not to go on.
    private(set) var unknown: YAMLMistakes

    init(file: String) {
        mistakes = YAMLMistakes(file: file)
        unknown = YAMLMistakes(file: file)
    }

    /// Reads the whole of a file, once.
    mutating func read(_ bytes: [UInt8]) {
        guard let root = YAMLDocument.read(bytes, mistakes: &mistakes), !root.isNull else { return }
        guard case .mapping(let pairs) = root.content else {
            mistakes.add(root.place, "a configuration is a mapping such as 'cache_time: 10', not \(root.kind)")
            return
        }
        for pair in pairs { read(pair) }
        for pair in pairs where pair.name == "mysql_password_file" && result.mysqlPassword != nil {
            mistakes.add(pair.place, "'mysql_password' is there too: one of the two says the password")
        }
        for pair in pairs where pair.name == "ca_file" && !result.verifies {
            mistakes.add(pair.place, "'ca_file' goes with 'verify: true': without that no certificate is looked at")
        }
    }

    private mutating func read(_ pair: YAMLPair) {
        let seconds = "a number of seconds from 0 to 1000000000"
        switch pair.name {
        case "cache_time": result.cacheTime = setting(pair, seconds) ?? result.cacheTime
        case "cache_time_failure": result.failureCacheTime = setting(pair, seconds)
        case "healthcheck_timeout":
            result.timeout = setting(pair, "a number of seconds from 0.001 to 1000000000") ?? result.timeout
        case "keep_alive": result.keepAlive = setting(pair, seconds) ?? result.keepAlive
        case "max_clients":
            let what = "a number of checks from 1 to 100000"
            guard let number = number(pair, what, most: 100_000) else { return }
            if number == 0 { wrong(pair, what) }
            result.mostChecks = Int(number)
        case "service_name_header": result.serviceNameHeader = setting(pair, HeaderName.allowed)
        case "http_headers_to_copy":
            result.copiedHeaders = list(pair, "a list of headers", HeaderName.allowed) ?? result.copiedHeaders
        case "log_path": result.log = setting(pair, "'stdout', 'stderr' or the path of a file") ?? result.log
        case "mysql_username": result.mysqlUser = secret(pair)
        case "mysql_password": result.mysqlPassword = secret(pair)
        case "mysql_password_file": result.mysqlPasswordFile = text(pair, "the path of a file")
        case "rlimit_nofile": result.descriptors = setting(pair, DescriptorLimit.allowed)
        case "allow_remote_spool_changes": result.allowsSpoolChanges = flag(pair)
        case "remote_spool_from":
            result.spoolChangers = list(pair, "a list of networks", "a network such as 10.0.0.0/8") ?? []
        case "remote_spool_token_file": result.spoolTokenFile = text(pair, "the path of a file")
        case "allowed_targets":
            let what = "a network such as 10.0.0.0/8, with ports such as 10.0.0.0/8:8000-8999 if not all are meant"
            result.allowedTargets = list(pair, "a list of networks", what)
        case "verify": result.verifies = flag(pair)
        case "ca_file": result.authorities = text(pair, "the path of a file")
        case "agent_port": result.agentPort = setting(pair, "a port from 0 to 65535")
        default: unknown.add(pair.place, Self.unknown(pair.name, among: Self.keys))
        }
    }

    /// Any text without a zero byte; no message shows it.
    private mutating func secret(_ pair: YAMLPair) -> String? {
        guard !pair.value.isNull else { return nil }
        guard let text = pair.value.text, !text.utf8.contains(0) else {
            mistakes.add(pair.value.place, "\(pair.name.shown) is a text without zero bytes")
            return nil
        }
        return text
    }

    /// A list of settings, or the one that stands for a list.
    private mutating func list<Value: Setting>(_ pair: YAMLPair, _ what: String, _ each: String) -> [Value]? {
        guard let items = items(pair, what) else { return nil }
        var values: [Value] = []
        for item in items {
            guard let text = item.text, !item.isNull, let value = try? Value(text: text) else {
                mistakes.add(item.place, "an item of \(pair.name.shown) is \(each), not \(item.kind)")
                continue
            }
            values.append(value)
        }
        return values
    }
}
