import Testing

@Suite struct BadValueTests {
    /// Words before the command, and what the message must name and say.
    struct BadWords: CustomTestStringConvertible {
        var words: [String]
        var says: [String]

        init(_ words: [String], says: [String]) {
            (self.words, self.says) = (words, says)
        }

        var testDescription: String { words.joined(separator: " ") }
    }

    static let options = [
        BadWords(["--port", "65536", "run"], says: ["--port", "65536", "0 to 65535"]),
        BadWords(["-p", "http", "run"], says: ["-p", "http", "0 to 65535"]),
        BadWords(["-p", "+80", "run"], says: ["-p", "+80", "0 to 65535"]),
        BadWords(["run", "--port=-1"], says: ["--port", "-1", "0 to 65535"]),
        BadWords(["--interface", "localhost", "run"], says: ["--interface", "localhost", "IPv4 or IPv6"]),
        BadWords(["-i", "1.2.3", "run"], says: ["-i", "1.2.3", "IPv4 or IPv6"]),
        BadWords(["--log-format", "xml", "run"], says: ["--log-format", "xml", "text, json"]),
        BadWords(["--log-level", "loud", "run"], says: ["--log-level", "loud", "error"]),
        BadWords(["run", "--ttl", "1.5"], says: ["--ttl", "1.5", "whole seconds"]),
        BadWords(["run", "-t", "30-10"], says: ["-t", "30-10", "range"]),
        BadWords(["run", "--wait", "-1"], says: ["--wait", "seconds"]),
        BadWords(["run", "-w", "soon"], says: ["-w", "soon", "seconds"]),
        BadWords(["run", "-w", "1e3"], says: ["-w", "1e3", "seconds"]),
        BadWords(["run", "--kill-after", "never"], says: ["--kill-after", "never", "seconds"]),
        BadWords(["supervise", "--wait", "5s"], says: ["--wait", "5s", "seconds"]),
        BadWords(["supervise", "--ttl", "5s"], says: ["--ttl", "5s", "range"]),
        BadWords(
            ["supervise", "--restart", "often"], says: ["--restart", "often", "always, on-failure, on-abnormal"]),
        BadWords(["supervise", "--success-exit", "300"], says: ["--success-exit", "300", "0 to 255"]),
        BadWords(["supervise", "--backoff", "0"], says: ["--backoff", "'0'", "from 1 to 1000"]),
        BadWords(["supervise", "--max-wait", "long"], says: ["--max-wait", "long", "seconds"]),
        BadWords(["supervise", "--stable-after", "-"], says: ["--stable-after", "seconds"]),
        BadWords(["supervise", "--start-limit", "5"], says: ["--start-limit", "'5'", "5/60"]),
        BadWords(["supervise", "--on-failed", "panic"], says: ["--on-failed", "panic", "exit or hold"]),
        BadWords(["run", "--restart", "never"], says: ["--restart"]),
        BadWords(["run", "--ready", "soon"], says: ["--ready", "soon", "fd:N, tcp:PORT or exec:COMMAND"]),
        BadWords(["run", "--ready", "fd:2"], says: ["--ready", "'2'", "3 to 1023"]),
        BadWords(["supervise", "--ready", "tcp:x"], says: ["--ready", "'x'", "1 to 65535"]),
        BadWords(["run", "--ready-timeout", "x"], says: ["--ready-timeout", "seconds"]),
        BadWords(["run", "--watchdog", "0"], says: ["--watchdog", "0.1"]),
        BadWords(["run", "--pre-start", ""], says: ["--pre-start", "shell"]),
        BadWords(["supervise", "--post-exit", " "], says: ["--post-exit", "shell"]),
        BadWords(["watch", "--wait", "0"], says: ["--wait", "'0'", "0.1"]),
        BadWords(["watch", "--pid", "0"], says: ["--pid", "'0'", "1 to"]),
        BadWords(["watch", "-p", "me"], says: ["-p", "me", "1 to"]),
        BadWords(["run", "--no-such-option"], says: ["--no-such-option"]),
        BadWords(["--no-such-option", "run"], says: ["--no-such-option"]),
        BadWords(["stroll"], says: ["stroll"]),
    ]

    @Test(
        "an option with a bad value exits with 64, says which and what is allowed, and starts nothing",
        arguments: options)
    func option(bad: BadWords) throws {
        try Sandbox.run { box in
            let outcome = try box.finish([Programs.kapo] + bad.words + ["touch", box.path("started")])
            check(outcome, bad.says)
            #expect(!Files.exists(box.path("started")))
        }
    }

    static let variables = [
        ("KAPO_PORT", "70000", "run", "0 to 65535"), ("KAPO_INTERFACE", "eth0", "run", "IPv4 or IPv6"),
        ("KAPO_SIDEBIND", "yes", "run", "true"), ("KAPO_SOCKET_ACTIVATION", "on", "run", "true"),
        ("KAPO_STDOUT", "2", "run", "true"), ("KAPO_STDERR", "tRUE", "run", "true"),
        ("KAPO_STDLOG", " 1", "run", "true"), ("KAPO_TTL", "1h", "run", "range"), ("KAPO_WAIT", "x", "run", "seconds"),
        ("KAPO_WAIT", "-5", "supervise", "seconds"), ("KAPO_WAIT", "0.01", "watch", "0.1"),
        ("KAPO_WATCHPID", "init", "watch", "1 to"), ("KAPO_KILL_AFTER", "x", "run", "seconds"),
        ("KAPO_LOG_FORMAT", "yaml", "run", "json"), ("KAPO_LOG_LEVEL", "loud", "run", "error"),
        ("KAPO_RESTART", "often", "supervise", "on-abnormal"), ("KAPO_SUCCESS_EXIT", "300", "supervise", "0 to 255"),
        ("KAPO_BACKOFF", "0.9", "supervise", "1 to 1000"), ("KAPO_MAX_WAIT", "x", "supervise", "seconds"),
        ("KAPO_STABLE_AFTER", "x", "supervise", "seconds"), ("KAPO_START_LIMIT", "5/0", "supervise", "5/60"),
        ("KAPO_ON_FAILED", "x", "supervise", "exit or hold"), ("KAPO_TTL", "x", "supervise", "range"),
        ("KAPO_READY", "fd:", "run", "3 to 1023"), ("KAPO_READY_TIMEOUT", "x", "run", "seconds"),
        ("KAPO_WATCHDOG", "0.01", "run", "0.1"), ("KAPO_PRE_START", " ", "run", "shell"),
        ("KAPO_POST_EXIT", " ", "supervise", "shell"),
    ]

    @Test("a variable with a bad value does the same, and is named", arguments: variables)
    func variable(name: String, value: String, mode: String, says: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish(
                [Programs.kapo, mode, "touch", box.path("started")].dropLast(mode == "watch" ? 1 : 0),
                environment: [name: value])
            check(outcome, [name, says] + (value.hasPrefix("fd:") ? [] : [value]))
            #expect(!Files.exists(box.path("started")))
        }
    }

    static let nothingToDo = [
        BadWords([], says: ["run"]),
        BadWords(["run"], says: ["command"]), BadWords(["supervise"], says: ["command"]),
        BadWords(["run", "--"], says: ["command"]), BadWords(["watch"], says: ["name"]),
        BadWords(["-p", "0", "r", "--wait", "5"], says: ["command"]), BadWords(["watch", "one", "two"], says: ["two"]),
        BadWords(["watch", "/"], says: ["name"]),
    ]

    @Test("without a command there is usage, and 64", arguments: nothingToDo)
    func noCommand(bad: BadWords) throws {
        try Sandbox.run { box in
            let outcome = try box.finish([Programs.kapo] + bad.words)
            check(outcome, bad.says + ["Usage: kapo"])
        }
    }

    private func check(_ outcome: Outcome, _ says: [String]) {
        #expect(outcome.ending == .code(64))
        #expect(outcome.output == "", "messages go to standard error")
        for text in says { #expect(outcome.errors.contains(text)) }
        #expect(!outcome.errors.contains("listening on"))
    }
}
