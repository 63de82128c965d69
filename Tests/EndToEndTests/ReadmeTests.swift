import Testing

/// README.md and the manual: what they show is run, and what they name is there.
@Suite(.serialized) struct ReadmeTests {
    @Test("each console block gives the output that it shows", arguments: ConsoleBlock.all.filter { !$0.changesUser })
    func consoleBlock(_ block: ConsoleBlock) throws {
        try check(block)
    }

    @Test(
        "so does each that changes the user",
        .enabled(if: Powers.changesUser, "only root starts a command as another user"),
        arguments: ConsoleBlock.all.filter(\.changesUser))
    func rootBlock(_ block: ConsoleBlock) throws {
        try check(block)
    }

    private func check(_ block: ConsoleBlock) throws {
        try Sandbox.run { box in
            let actual = try block.run(in: box)
            for (shown, seen) in zip(block.epochs, actual) {
                #expect(seen.output == shown.output, "after: \(shown.commands.joined(separator: "; "))")
            }
            #expect(actual.count == block.epochs.count)
        }
    }

    @Test("README shows every mode in a console block")
    func modes() {
        let commands = ConsoleBlock.all.filter { $0.page == "README.md" }.flatMap(\.steps).map(\.command)
        for mode in ["kapo run", "kapo supervise", "kapo watch", "--stdlog"] {
            #expect(commands.contains { $0.contains(mode) }, "\(mode)")
        }
    }

    @Test("what is made with make is a target of the Makefile")
    func makeTargets() throws {
        let targets = Set(
            Repository.text("Makefile").split(separator: "\n")
                .filter { $0.first?.isLetter == true && $0.contains(":") }
                .map { String($0.prefix { $0 != ":" }) })
        var named: Set<String> = []
        for page in Repository.pages {
            for match in Repository.text(page).matches(of: /(?m)(?:^|`)make ([a-z]+)/) { named.insert(String(match.1)) }
        }
        #expect(named.isSuperset(of: ["demo", "test", "release", "install"]))
        #expect(named.subtracting(targets) == [])
    }

    @Test("each link within the repository leads to a file")
    func links() {
        for page in Repository.pages {
            let folder = page.hasPrefix("docs/") ? "docs/" : ""
            for match in Repository.text(page).matches(of: /\]\(([^)#]+)/) where !match.1.contains("://") {
                let path = "\(Repository.root)/\(folder)\(match.1)"
                #expect(Files.exists(path), "\(page) links \(match.1)")
            }
        }
    }

    @Test(
        "docs/options.md has each option that the help has, and its variable", arguments: ["run", "supervise", "watch"])
    func options(mode: String) throws {
        try Sandbox.run { box in
            let help = try box.finish([Programs.kapo, mode, "--help"]).output
            let names = Set(help.matches(of: /--(?!no-)[a-z][a-z-]+/).map { String($0.output) })
            let variables = Set(help.matches(of: /\[(KAPO_[A-Z_]+)\]/).map { String($0.1) })
            #expect(names.count > 12 && variables.count > 10)
            let page = Repository.text("docs/options.md")
            #expect(names.filter { name in !page.contains("`\(name)`") && !page.contains("`\(name) ") } == [])
            #expect(variables.filter { !page.contains("`\($0)`") } == [])
        }
    }

    @Test("docs/ctl.md has each verb, each signal and each option that the help of ctl has")
    func ctl() throws {
        try Sandbox.run { box in
            let help = try box.finish([Programs.kapo, "ctl", "--help"]).output.replacing(/\s+/, with: " ")
            let page = Repository.text("docs/ctl.md")
            let verbs = try #require(help.firstMatch(of: /<verb> ([a-z, ]+)\./)).1.split(separator: ", ")
            #expect(verbs.count == 8)
            for verb in verbs { #expect(page.contains("| `\(verb)` |"), "\(verb)") }
            let signals = help.matches(of: /(-[a-z0-9]{1,2}) ([A-Z]+[12]?)[,.]/)
            #expect(signals.count == 13)
            for signal in signals { #expect(page.contains("`\(signal.1)` | \(signal.2) |"), "\(signal.2)") }
            let options = Set(help.matches(of: /--[a-z]+/).map { String($0.output) })
            #expect(options == ["--help", "--json", "--plain", "--signal", "--version"])
            for option in options.subtracting(["--help", "--version"]) {
                #expect(page.contains("`\(option)`") || page.contains("`\(option) "), "\(option)")
            }
        }
    }

    @Test("docs/spool.md and docs/options.md have each option and each action that the help of spool has")
    func spool() throws {
        try Sandbox.run { box in
            let help = try box.finish([Programs.kapo, "spool", "--help"]).output.replacing(/\s+/, with: " ")
            let options = Set(help.matches(of: /-[a-zA-Z], --[a-z-]+/).map { String($0.output) })
            #expect(options.count == 7)
            let actions = try #require(help.firstMatch(of: /<action> ([a-z_, ]+);/)).1.split(separator: ", ")
            #expect(actions.count == 5)
            let page = Repository.text("docs/spool.md")
            for action in actions { #expect(page.contains("| `\(action)` |"), "\(action)") }
            for page in [page, Repository.text("docs/options.md")] {
                for option in options.subtracting(["-h, --help"]) {
                    #expect(page.contains("| `\(option.replacing(", ", with: "`, `")) "), "\(option)")
                }
                for other in ["| `--spool-root PATH` |", "`KAPO_SPOOL_ROOT`", "| `--json` |"] {
                    #expect(page.contains(other), "\(other)")
                }
            }
        }
    }

    @Test("each word of Status that docs/wire.md explains is one of the program, and the other way round")
    func statusWords() {
        let page = Repository.text("docs/wire.md")
        let known = ["failed", "killed", "running", "starting", "stopped", "stopping", "waiting"]
        let table = page.matches(of: /(?m)^\| [^|`]*(?:`--[^|]*)?\| `([a-z]+)` \|/).map { String($0.1) }
        #expect(Set(table).sorted() == known)
        let source = Repository.text("Sources/Kapo/Machine/Report.swift")
        let cases = source.matches(of: /(?m)^    case ([a-z, ]+)$/).flatMap { $0.1.split(separator: ", ") }
        #expect(cases.map(String.init).sorted() == known)
    }

    @Test("each example of docs/wire.md has the fields of a real document")
    func wire() throws {
        try Sandbox.run { box in
            let real = fields(try box.kapo(["run", "sleep", "600"]).get())
            #expect(real == real.sorted())
            let page = Repository.text("docs/wire.md")
            let examples = page.split(separator: "\n").filter { $0.hasPrefix("[{") }
            #expect(examples.count == 12)
            // That of services comes last, and its entries have one field more.
            let directory = try box.directoryOfServices(["a": "cmd: sleep 600"])
            let services = try box.kapo(["supervise", "--config-dir", directory])
            try services.answer("/readyz", 200, "ok")
            let named = fields(try services.get())
            #expect(named == (real + ["Name"]).sorted())
            for (index, example) in examples.enumerated() {
                for entry in example.split(separator: "},{") {
                    #expect(fields(String(entry)) == (index == 11 ? named : real))
                }
            }
            let table = page.matches(of: /(?m)^\| `([A-Za-z]+)` \| ?●? ?\|/).map { String($0.1) }
            #expect(table == named)
        }
    }

    private func fields(_ document: String) -> [String] {
        document.matches(of: /"([A-Za-z]+)":/).map { String($0.1) }
    }
}

/// The repository that these tests belong to.
enum Repository {
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    /// The pages for people, as paths below the root.
    static let pages =
        ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"]
        + Files.names(in: "\(root)/docs").filter { $0.hasSuffix(".md") }.sorted().map { "docs/\($0)" }

    /// The text of the file at a path below the root.
    static func text(_ path: String) -> String { Files.text("\(root)/\(path)") }
}

/// A fenced block of commands and the output that they are to give.
struct ConsoleBlock: CustomTestStringConvertible, Sendable {
    /// A command after a prompt, and the lines below it.
    struct Step: Sendable {
        var command: String
        var output: [String]
    }

    /// Commands up to one that waits, and the lines that appear meanwhile, sorted: several programs write them.
    struct Epoch: Sendable {
        var commands: [String] = []
        var output: [String] = []
    }

    /// Ends the output of a step; no program of ours writes it.
    static let mark = "\u{1e}"
    static let all = Repository.pages.flatMap(blocks)

    let page: String
    let line: Int
    let steps: [Step]

    var testDescription: String { "\(page):\(line)" }
    /// True when it shows what takes root.
    var changesUser: Bool { steps.contains { $0.command.contains("--user ") } }
    var epochs: [Epoch] { epochs(steps.map(\.output)) }

    private static func blocks(of page: String) -> [ConsoleBlock] {
        let lines = Repository.text(page).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.indices.filter { lines[$0] == "```console" }.map { fence in
            var steps: [Step] = []
            for line in lines[(fence + 1)...].prefix(while: { $0 != "```" }) {
                if line.hasPrefix("$ ") {
                    steps.append(Step(command: String(line.dropFirst(2)), output: []))
                } else {
                    steps[steps.count - 1].output.append(line)
                }
            }
            return ConsoleBlock(page: page, line: fence + 1, steps: steps)
        }
    }

    /// Runs the commands in one bash, in a network where port 6666 is free and among processes of its own.
    func run(in box: Sandbox) throws -> [Epoch] {
        let script = steps.map { "\($0.command)\nprintf '\\036'\n" }.joined()
        try Files.write(box.path("script"), "exec 2>&1\n\(script)".utf8)
        let setUp = """
            set -e
            mkdir bin && ln -s "$KAPO" bin/kapo
            cp -R "$REPOSITORY/examples" .
            ip link set lo up
            PATH=$PWD/bin:$PATH
            unset KAPO REPOSITORY
            exec bash script
            """
        let user = try box.finish(["id", "-u"]).output == "0\n" ? [] : ["--map-root-user"]
        let isolated = ["--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
        let outcome = try box.finish(
            ["env", "--chdir", box.directory, "unshare"] + user + isolated + ["bash", "-c", setUp],
            environment: ["KAPO": Programs.kapo, "REPOSITORY": Repository.root], within: .seconds(60))
        let outputs = outcome.output.replacing("\r\n", with: "\n").split(
            separator: Self.mark, omittingEmptySubsequences: false)
        guard outputs.count == steps.count + 1 else {
            throw HarnessError("\(testDescription) ended early: \(outcome.output) \(outcome.errors)")
        }
        // What comes after the last mark belongs to no command: it is compared with nothing, so it must be nothing.
        #expect(outputs.last == "")
        return epochs(outputs.dropLast().map { Self.lines($0) })
    }

    private static func lines(_ text: Substring) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    private func epochs(_ outputs: [[String]]) -> [Epoch] {
        var epochs: [Epoch] = []
        var current = Epoch()
        for (step, output) in zip(steps, outputs) {
            current.commands.append(step.command)
            current.output += output.map(Self.normalised)
            if step.command.contains(/\b(sleep|wait)\b/) && !step.command.hasSuffix("&") {
                epochs.append(current)
                current = Epoch()
            }
        }
        if !current.commands.isEmpty { epochs.append(current) }
        return epochs.map { Epoch(commands: $0.commands, output: $0.output.sorted()) }
    }

    /// Without what differs from run to run: times that have come, and pids.
    private static func normalised(_ line: String) -> String {
        line.replacing(/[12]\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/, with: "TIME")
            .replacing(/pid=\d+/, with: "pid=N")
            .replacing(/"PID":[1-9]\d*/, with: "\"PID\":N")
    }
}
