/// Goes through a run.yml from top to bottom, and keeps what is good of it and all that is wrong.
struct RunFileReader: YAMLReader {
    private static let keys = [
        "cmd", "cwd", "env", "pid", "log", "stderr", "logger", "require", "require_cmd", "post_exit", "user", "wait",
        "retries", "kapo",
    ]
    private static let controlKeys = ["control-mode", "control-group"]

    private(set) var result = RunFile(command: [])
    var mistakes: YAMLMistakes
    private let options: [String]

    init(file: String, options: [String]) {
        mistakes = YAMLMistakes(file: file)
        self.options = options
    }

    /// Reads the whole of a file, once.
    mutating func read(_ bytes: [UInt8]) {
        let root = YAMLDocument.read(bytes, mistakes: &mistakes)
        // Without a tree and without a mistake there was no document, or an empty one.
        guard let root, !root.isNull else {
            if mistakes.all.isEmpty { mistakes.add(.start, "there is nothing in it; 'cmd' is needed") }
            return
        }
        guard case .mapping(let pairs) = root.content else {
            mistakes.add(root.place, "a run.yml is a mapping that begins with a key such as 'cmd:', not \(root.kind)")
            return
        }
        if !pairs.contains(where: { $0.name == "cmd" && !$0.value.isNull }) {
            mistakes.add(root.place, "there is no 'cmd', which says what to run")
        }
        // A key without a value is as one that is not there; but its name must be right.
        for pair in pairs { top(pair) }
    }

    // MARK: Mappings

    private mutating func top(_ pair: YAMLPair) {
        let node = pair.value
        switch pair.name {
        case "cmd": result.command = command(pair) ?? []
        case "cwd": result.directory = text(pair, "the path of a directory")
        case "env": environment(pair)
        case "pid": pidFiles(pair)
        case "log": result.log = logFile(pair)
        case "stderr": result.errorLog = logFile(pair)
        case "logger": result.logger = command(pair)
        case "require": requirements(pair)
        case "require_cmd": result.requireCommand = text(pair, "a command for the shell")
        case "post_exit": result.postExit = text(pair, "a command for the shell")
        case "user":
            let what = "a name or a number, with a group behind a colon if it is not the user's own"
            result.user = setting(pair, what)
        case "wait":
            result.wait = setting(pair, "a number of seconds from 0 to 1000000000") ?? result.wait
        case "retries":
            guard !node.isNull, node.text != "-1" else { return }
            let what = "-1 for as often as it ends, or the number of retries from 0 to 1000000000"
            result.retries = number(pair, what, most: 1_000_000_000).map(Int.init)
        case "kapo": kapo(pair)
        default:
            if options.contains(pair.name) || Self.controlKeys.contains(pair.name) {
                mistakes.add(pair.place, "\(pair.name.shown) belongs under 'kapo:'")
            } else {
                unknown(pair, among: Self.keys)
            }
        }
    }

    private mutating func pidFiles(_ pair: YAMLPair) {
        let what = "the path of a file"
        for entry in entries(pair, "a mapping with 'follow', 'parent' and 'child'") ?? [] {
            switch entry.name {
            case "follow": result.pidFollow = text(entry, what)
            case "parent": result.pidParent = text(entry, what)
            case "child": result.pidChild = text(entry, what)
            default: unknown(entry, among: ["follow", "parent", "child"])
            }
        }
    }

    private mutating func logFile(_ pair: YAMLPair) -> LogFileSettings? {
        let keys = ["file", "age", "num", "size", "timestamp"]
        guard let entries = entries(pair, "a mapping with 'file', 'age', 'num', 'size' and 'timestamp'") else {
            return nil
        }
        var settings = LogFileSettings(file: "")
        var hasFile = false
        for entry in entries {
            switch entry.name {
            case "file":
                hasFile = !entry.value.isNull
                settings.file = text(entry, "the path of a file") ?? ""
            case "age":
                settings.ageSeconds = number(entry, "a number of seconds", most: Seconds.longest) ?? 0
            case "num":
                settings.files = Int(number(entry, "a number of files", most: 10_000) ?? 0)
            case "size":
                let megabytes = number(entry, "a number of megabytes", most: 1_000_000) ?? 0
                settings.sizeBytes = megabytes * LogFileSettings.megabyte
            case "timestamp":
                settings.timestamps = flag(entry)
            default: unknown(entry, among: keys)
            }
        }
        if !hasFile { mistakes.add(pair.place, "\(pair.name.shown) has no 'file', which says where it goes") }
        return settings
    }

    private mutating func environment(_ pair: YAMLPair) {
        for entry in entries(pair, "a mapping of names and values") ?? [] {
            let isName = !entry.name.isEmpty && !entry.name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "=") }
            if !isName {
                mistakes.add(
                    entry.place, "\(entry.name.shown) is no name of a variable: not empty, no '=', no zero byte")
            }
            // A value may be a secret: no message shows it.
            if entry.value.isNull {
                result.environment.append(RunFile.Variable(name: entry.name, value: ""))
            } else if let value = entry.value.text, !value.utf8.contains(0) {
                result.environment.append(RunFile.Variable(name: entry.name, value: value))
            } else {
                let kind = entry.value.text == nil ? entry.value.kind : "one with a zero byte"
                mistakes.add(entry.value.place, "the value of \(entry.name.shown) is a text, not \(kind)")
            }
        }
    }

    private mutating func requirements(_ pair: YAMLPair) {
        for node in items(pair, "a list of services") ?? [] {
            guard let name = node.text, !node.isNull, !name.isEmpty,
                !name.utf8.contains(where: { $0 == 0 || $0 == 0x2f })
            else {
                mistakes.add(node.place, "a service has a name without '/', and is not \(node.kind)")
                continue
            }
            result.requires.append(name)
        }
    }

    private mutating func kapo(_ pair: YAMLPair) {
        for entry in entries(pair, "a mapping of options of 'kapo supervise'") ?? [] {
            switch entry.name {
            case "control-mode": result.controlMode = setting(entry, ControlMode.allowed)
            case "control-group": result.controlGroup = setting(entry, ControlGroup.allowed)
            case let name where options.contains(name): option(entry)
            case let name where Self.keys.contains(name):
                mistakes.add(entry.place, "\(name.shown) belongs at the beginning of a line, not under 'kapo:'")
            default: unknown(entry, among: options + Self.controlKeys)
            }
        }
    }

    private mutating func option(_ pair: YAMLPair) {
        var values: [String] = []
        for node in items(pair, "a text or a list of texts") ?? [] {
            guard let value = node.text, !node.isNull, !value.utf8.contains(0) else {
                mistakes.add(node.place, "a value of \(pair.name.shown) is a text without zero bytes, not \(node.kind)")
                continue
            }
            values.append(value)
        }
        if pair.value.isNull || pair.value.content == .sequence([]) {
            mistakes.add(pair.value.place, "\(pair.name.shown) has no value; leave it out if it is not meant")
        }
        let option = RunOption(
            name: pair.name, values: values, isBool: pair.value.isBool, place: pair.place, valuePlace: pair.value.place)
        result.options.append(option)
    }
}
