import Testing

@testable import Config

@Suite("A run.yml")
struct RunFileTests {
    @Test("has defaults for everything but the command")
    func defaults() throws {
        let file = try readRun("cmd: sleep 5")
        #expect(file == RunFile(command: ["sleep", "5"]))
        #expect(file.wait == Seconds(0) && file.retries == nil && file.environment == [] && file.options == [])
    }

    @Test(
        "splits a command at white space, and at nothing else, as Go's strings.Fields does",
        arguments: [
            ("sleep 5", ["sleep", "5"]), ("\"  a \\t b\\n\\v\\f\\r c \"", ["a", "b", "c"]),
            ("sh -c 'a b'", ["sh", "-c", "'a", "b'"]),
            (
                "\"a\\u0085b\\u00a0c\\u1680d\\u2003e\\u2028f\\u2029g\\u202fh"
                    + "\\u205fi\\u3000j\"", ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
            ),
            ("\"a\\u200bb\\ufeffc\\u180ed\\x1fe\"", ["a\u{200b}b\u{feff}c\u{180e}d\u{1f}e"]), ("5", ["5"]),
            ("true", ["true"]),
            (">\n  a\n  b\n", ["a", "b"]), ("a \\\"b\\\"", ["a", "\\\"b\\\""]),
            ("\"a\\r\\nb e\\u0301\"", ["a", "b", "e\u{301}"]),
        ] as [(String, [String])])
    func fields(_ text: String, _ words: [String]) throws {
        #expect(try readRun("cmd: \(text)\n").command == words)
        #expect(try readRun("cmd: x\nlogger: \(text)\n").logger == words)
    }

    @Test("takes a list of words as it is")
    func list() throws {
        let file = try readRun("cmd: [sh, -c, 'sleep 5; exit', '', 010, true, ~]\nlogger:\n- logger\n- '-t x'\n")
        #expect(file.command == ["sh", "-c", "sleep 5; exit", "", "010", "true", "~"])
        #expect(file.logger == ["logger", "-t x"])
    }

    @Test("takes the values of variables as they were written, in the order of the file")
    func environment() throws {
        let file = try readRun(
            "cmd: a\nenv: {Z: 1, A: true, M: 1.50, N: , O: ~, P: '~', Q: 0x1F, R: \"a\\nb\", S: 2001-01-01, 5: x, ü: ö}"
        )
        let expected = [
            ("Z", "1"), ("A", "true"), ("M", "1.50"), ("N", ""), ("O", ""), ("P", "~"), ("Q", "0x1F"), ("R", "a\nb"),
            ("S", "2001-01-01"), ("5", "x"), ("ü", "ö"),
        ]
        #expect(file.environment == expected.map { RunFile.Variable(name: $0, value: $1) })
    }

    @Test("has every key in its place")
    func keys() throws {
        let file = try readRun(
            """
            cmd: a
            cwd: /b
            pid: {follow: /f, parent: /p, child: /c}
            log: {file: /l, age: 86400, num: 7, size: 2, timestamp: true}
            stderr: {file: /e}
            require: [foo, bar]
            require_cmd: test -f /g
            post_exit: notify exit
            user: www:adm
            wait: .25
            retries: 3
            """)
        #expect(file.directory == "/b")
        #expect([file.pidFollow, file.pidParent, file.pidChild] == ["/f", "/p", "/c"])
        var log = LogFileSettings(file: "/l")
        (log.ageSeconds, log.files, log.sizeBytes, log.timestamps) = (86_400, 7, 2_097_152, true)
        #expect(file.log == log)
        #expect(file.errorLog == LogFileSettings(file: "/e"))
        #expect(file.requires == ["foo", "bar"])
        #expect(file.requireCommand == "test -f /g" && file.postExit == "notify exit")
        #expect(file.user == (try UserName(text: "www:adm")))
        #expect(file.wait.nanoseconds == 250_000_000 && file.retries == 3)
    }

    @Test("takes one service to require, any word for true and false, and -1 retries for as many as needed")
    func leniences() throws {
        #expect(try readRun("cmd: a\nrequire: foo").requires == ["foo"])
        #expect(try readRun("cmd: a\nretries: -1").retries == nil)
        #expect(try readRun("cmd: a\nretries: 0").retries == 0)
        #expect(try readRun("cmd: a\nlog: {file: f, timestamp: yes}").log?.timestamps == true)
        #expect(try readRun("cmd: a\nlog: {file: f, timestamp: Off, age: '5'}").log?.timestamps == false)
    }

    @Test("treats a key without a value as one that is not there")
    func nothing() throws {
        let keys = [
            "cwd", "env", "pid", "log", "stderr", "logger", "require", "require_cmd", "post_exit", "user", "wait",
            "retries", "kapo",
        ]
        for value in ["", "~", "null"] {
            let lines = keys.map { "\($0): \(value)\n" }.joined()
            #expect(try readRun("cmd: a\n\(lines)") == RunFile(command: ["a"]))
        }
        #expect(
            try readRun("cmd: a\npid: {follow: ~}\nlog: {file: f, age: , num: , size: , timestamp: }").log?.file == "f")
        #expect(try readRun("cmd: a\nkapo: {control-mode: , control-group: ~}") == RunFile(command: ["a"]))
    }

    @Test("keeps the options of Kapo as they were written, with their places")
    func options() throws {
        let file = try readRun(
            "cmd: a\nkapo:\n  port: 8080\n  rewrite-signal: [TERM=QUIT, HUP=0]\n  ready: 'true'\n  restart: true\n")
        #expect(file.options.map(\.name) == ["port", "rewrite-signal", "ready", "restart"])
        #expect(file.options.map(\.values) == [["8080"], ["TERM=QUIT", "HUP=0"], ["true"], ["true"]])
        #expect(file.options.map(\.isBool) == [false, false, false, true])
        #expect(file.options[1].place == YAMLPlace(line: 4, column: 3))
        #expect(file.options[1].valuePlace == YAMLPlace(line: 4, column: 19))
        var moved = file.options[0]
        moved.place = YAMLPlace(line: 9, column: 9)
        #expect(moved == file.options[0], "an option is the same wherever it stands")
        #expect(file.options[2] != file.options[3])
    }

    @Test("reads who may use the control socket")
    func control() throws {
        for (text, mode) in [("0660", 0o660), ("'0600'", 0o600), ("777", 0o777), ("0640", 0o640)] as [(String, UInt32)]
        {
            let file = try readRun("cmd: a\nkapo: {control-mode: \(text), control-group: adm}")
            #expect(file.controlMode?.mode == mode)
            #expect(file.controlGroup?.name == "adm")
            #expect(file.options == [])
        }
        #expect(try readRun("cmd: a\nkapo: {control-group: 0}").controlGroup?.name == "0")
    }

    @Test("has nothing of an empty mapping or list")
    func emptyMappings() throws {
        #expect(try readRun("cmd: a\nenv: {}\npid: {}\nkapo: {}\nrequire: []") == RunFile(command: ["a"]))
    }
}
