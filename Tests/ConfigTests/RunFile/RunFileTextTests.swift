import Chance
import Testing

@testable import Config

@Suite("A service as a run.yml")
struct RunFileTextTests {
    @Test("says everything, in the order of the manual")
    func whole() throws {
        let text = """
            kapo: {port: 8080, restart: true, ready: 'true', rewrite-signal: [TERM=QUIT, HUP=0], control-mode: 660}
            retries: 3
            wait: 0.50
            user: www:adm
            post_exit: notify-exit
            require_cmd: test -f /tmp/foo
            require: foo
            logger: logger -t app-1
            stderr: {file: /b.err, size: 1}
            log: {file: /b.log, age: 86400, num: 7, size: 2, timestamp: yes}
            pid: {child: /c, follow: /f}
            env: {DEBUG: 1, NONE: , URL: 'http://a:80/#b'}
            cwd: /a b
            cmd: sh -c x
            """
        #expect(
            try readRun(text).text == """
                cmd:
                  - sh
                  - "-c"
                  - x
                cwd: /a b
                env:
                  DEBUG: "1"
                  NONE: ""
                  URL: "http://a:80/#b"
                pid:
                  follow: /f
                  child: /c
                log:
                  file: /b.log
                  age: 86400
                  num: 7
                  size: 2
                  timestamp: true
                stderr:
                  file: /b.err
                  age: 0
                  size: 1
                  timestamp: false
                logger:
                  - logger
                  - "-t"
                  - app-1
                require:
                  - foo
                require_cmd: test -f /tmp/foo
                post_exit: notify-exit
                user: "www:adm"
                wait: 0.5
                retries: 3
                kapo:
                  port: 8080
                  restart: true
                  ready: "true"
                  rewrite-signal:
                    - TERM=QUIT
                    - HUP=0
                  control-mode: "0660"

                """)
        #expect(try readRun("cmd: a").text == "cmd:\n  - a\nwait: 0\nretries: -1\n")
    }

    @Test(
        "has quotes around what another reader would take for something else than text",
        arguments: [
            "1", "-1", "0x1f", "010", "1_000", "1.5", ".5", "1e3", ".inf", ".nan", "12:30:45", "2001-01-01", "true",
            "True",
            "FALSE", "yes", "No", "ON", "off", "y", "N", "null", "Null", "~", "", " a", "a ", "a: b", "a #b", "#a",
            "&a",
            "*a", "!a", "|", ">", "%a", "@a", "`a", "- a", "-", "---", "...", "? a", ": a", "[a", "]", "{a", "}", ",",
            "'a'",
            "\"a\"", "=", "<<", "a\nb", "a\tb", "\r", "\u{85}", "\u{2028}", "\u{feff}", "ä", "a\\b", "nUll", "yEs",
        ])
    func quotes(_ text: String) throws {
        let written = YAMLText.scalar(text)
        #expect(written.hasPrefix("\"") && written.hasSuffix("\"") && written.utf8.count > 1)
        #expect(!written.unicodeScalars.contains { $0.value < 32 })
        guard case .scalar(let read, .quoted) = readYAML(Array(written.utf8)).node?.content else {
            Issue.record("\(written)")
            return
        }
        #expect(Array(read.utf8) == Array(text.utf8))
    }

    @Test(
        "has none around words and paths", arguments: ["a", "/usr/bin/env", "sleep 5", "app-1.log", "A=b", "user@host"])
    func bare(_ text: String) {
        #expect(YAMLText.scalar(text) == text)
    }

    @Test("shows what cannot be seen")
    func escapes() {
        #expect(YAMLText.scalar("a\u{a0}ä\u{200b}\u{10ffff}\u{1}") == #""a\u00A0ä\u200B\U0010FFFF\u0001""#)
        #expect(YAMLText.scalar("\"\\\n\t\r") == #""\"\\\n\t\r""#)
    }

    @Test("is read to an equal service again, whatever is in it", arguments: 0..<50 as Range<UInt64>)
    func roundTrip(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let file = RandomRunFile.make(&random)
            let again = try readRun(file.text)
            #expect(again == file)
            #expect(again.text.utf8.elementsEqual(file.text.utf8))
        }
    }

    @Test("is read alike by PyYAML")
    func otherReader() throws {
        var random = SeededGenerator(seed: 2)
        let files = (0..<400).map { _ in RandomRunFile.make(&random) }
        #expect(try PyYAML.disagreement(files.map { ($0.text, PyYAML.json(of: $0)) }) == nil)
        // So that it is known to look: this is not what it says.
        #expect(try PyYAML.disagreement([("cmd: [a]\n", "{\"cmd\": [\"b\"]}")]) == 0)
        #expect(try PyYAML.disagreement([("cmd: [a]\n", "{\"cmd\": [\"a\"]}"), ("a: 1\n", "{\"a\": \"1\"}")]) == 1)
    }

    @Test("announces a key that is too long for one line")
    func longKey() throws {
        for length in [127, 129, 1024, 5000] {
            var file = RunFile(command: ["a"])
            let name = String(repeating: "ü", count: length)
            file.environment = [
                .init(name: name, value: "b: c"), .init(name: String(repeating: "K", count: length), value: ""),
            ]
            #expect(try readRun(file.text) == file)
            #expect(try PyYAML.disagreement([(file.text, PyYAML.json(of: file))]) == nil)
        }
    }
}
