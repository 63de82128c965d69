import Testing

@testable import Config

@Suite("What is wrong with a run.yml")
struct RunFileMistakeTests {
    @Test(
        "is said with its place, and with what is allowed",
        arguments: [
            ("", "1:1: there is nothing in it; 'cmd' is needed"), ("# a\n", "1:1: there is nothing"),
            ("~", "1:1: there is nothing"), ("---\n...\n", "1:1: there is nothing"),
            ("cwd: /", "1:1: there is no 'cmd', which says what to run"), ("\n\ncmd:\n", "3:1: there is no 'cmd'"),
            ("sleep 5", "1:1: a run.yml is a mapping that begins with a key such as 'cmd:', not 'sleep 5'"),
            ("- cmd", "1:1: a run.yml is a mapping that begins with a key such as 'cmd:', not a list"),
            ("cmd: ''", "1:6: 'cmd' names no program"), ("cmd: '  '", "1:6: 'cmd' names no program"),
            ("cmd: []", "1:6: 'cmd' names no program"), ("cmd: ['', a]", "1:6: 'cmd' names no program"),
            ("cmd: {a: b}", "1:6: 'cmd' is a command, or a list of its words, not a mapping"),
            ("cmd: [a, [b]]", "1:10: a word of 'cmd' is a text, not a list"),
            ("cmd:\n- a\n-\n", "3:2: a word of 'cmd' is missing; write '' for an empty one"),
            ("cmd: \"a\\0b\"", "1:6: a word of 'cmd' is a text, not one with a zero byte"),
            ("cmd: [a, \"b\\0\"]", "1:10: a word of 'cmd' is a text, not one with a zero byte"),
            ("cmd: a\nlogger: []", "2:9: 'logger' names no program"),
            ("cmd: a\ncwd: [b]", "2:6: 'cwd' is the path of a directory, not a list"),
            ("cmd: a\ncwd: ''", "2:6: 'cwd' is the path of a directory, not an empty text"),
            ("cmd: a\ncwd: \"b\\0\"", "2:6: 'cwd' is the path of a directory, not a text with a zero byte"),
            ("cmd: a\nenv: [B=c]", "2:6: 'env' is a mapping of names and values, not a list"),
            ("cmd: a\nenv: {B: [c]}", "2:10: the value of 'B' is a text, not a list"),
            ("cmd: a\nenv: {B: {c: d}}", "2:10: the value of 'B' is a text, not a mapping"),
            ("cmd: a\nenv: {B: \"SECRET\\0\"}", "2:10: the value of 'B' is a text, not one with a zero byte"),
            ("cmd: a\nenv: {B=c: SECRET}", "2:7: 'B=c' is no name of a variable"),
            ("cmd: a\nenv: {'': SECRET}", "2:7: '' is no name of a variable"),
            ("cmd: a\npid: /a", "2:6: 'pid' is a mapping with 'follow', 'parent' and 'child', not '/a'"),
            ("cmd: a\npid: {folow: /a}", "2:7: 'folow' is no key that can stand here; the nearest one is 'follow'"),
            ("cmd: a\npid: {child: [b]}", "2:14: 'child' is the path of a file, not a list"),
            ("cmd: a\nlog: /a", "2:6: 'log' is a mapping with 'file', 'age', 'num', 'size' and 'timestamp', not '/a'"),
            ("cmd: a\nlog: {age: 5}", "2:1: 'log' has no 'file', which says where it goes"),
            ("cmd: a\nstderr: {file: }", "2:1: 'stderr' has no 'file'"),
            ("cmd: a\nlog: {}", "2:1: 'log' has no 'file'"),
            ("cmd: a\nlog:\n  file: f\n  age: [1]", "4:8: 'age' is a number of seconds, not a list"),
            ("cmd: a\nlog: {file: f, age: -1}", "2:21: 'age' is a number of seconds, not '-1'"),
            ("cmd: a\nlog: {file: f, age: 1d}", "2:21: 'age' is a number of seconds, not '1d'"),
            ("cmd: a\nlog: {file: f, num: 10001}", "2:21: 'num' is 10000 at most, not 10001"),
            ("cmd: a\nlog: {file: f, size: 1.5}", "2:22: 'size' is a number of megabytes, not '1.5'"),
            ("cmd: a\nlog: {file: f, size: 99999999999999999999}", "2:22: 'size' is a number of megabytes"),
            ("cmd: a\nlog: {file: f, timestamp: 1}", "2:27: 'timestamp' is true or false, not '1'"),
            (
                "cmd: a\nlog: {file: f, sise: 1}",
                "2:16: 'sise' is no key that can stand here; the nearest one is 'size'"
            ),
            ("cmd: a\nrequire: {b: c}", "2:10: 'require' is a list of services, not a mapping"),
            ("cmd: a\nrequire: [b, c/d]", "2:14: a service has a name without '/', and is not 'c/d'"),
            ("cmd: a\nrequire: [b, ~]", "2:14: a service has a name without '/', and is not nothing"),
            ("cmd: a\nrequire_cmd: [b]", "2:14: 'require_cmd' is a command for the shell, not a list"),
            ("cmd: a\nuser: 'a b'", "2:7: 'user' is a name or a number, with a group behind a colon"),
            ("cmd: a\nwait: -1", "2:7: 'wait' is a number of seconds from 0 to 1000000000, not '-1'"),
            ("cmd: a\nretries: -2", "2:10: 'retries' is -1 for as often as it ends, or the number of retries"),
            ("cmd: a\nretries: 1000000001", "2:10: 'retries' is 1000000000 at most, not 1000000001"),
            ("cmd: a\nkapo: yes", "2:7: 'kapo' is a mapping of options of 'kapo supervise', not 'yes'"),
            ("cmd: a\nkapo: {prot: 1}", "2:8: 'prot' is no key that can stand here; the nearest one is 'port'"),
            ("cmd: a\nkapo: {control-mod: 1}", "2:8: 'control-mod' is no key that can stand here; the nearest one is "),
            ("cmd: a\nkapo: {port: }", "2:14: 'port' has no value"),
            ("cmd: a\nkapo: {port: []}", "2:14: 'port' has no value"),
            ("cmd: a\nkapo: {port: {b: c}}", "2:14: 'port' is a text or a list of texts, not a mapping"),
            ("cmd: a\nkapo: {port: [[b]]}", "2:15: a value of 'port' is a text without zero bytes, not a list"),
            ("cmd: a\nkapo: {cwd: /}", "2:8: 'cwd' belongs at the beginning of a line, not under 'kapo:'"),
            ("cmd: a\nport: 80", "2:1: 'port' belongs under 'kapo:'"),
            ("cmd: a\ncontrol-mode: 0660", "2:1: 'control-mode' belongs under 'kapo:'"),
            ("cmd: a\nCMD: b", "2:1: 'CMD' is no key that can stand here; the nearest one is 'cmd'"),
            ("comand: a", "1:1: there is no 'cmd'"),
            ("cmd: a\ncmd: b", "2:1: 'cmd' comes again; the first is in line 1"),
        ])
    func one(_ text: String, _ expected: String) {
        let mistakes = runMistakes(text)
        #expect(mistakes.first?.hasPrefix("run.yml:\(expected)") == true, "\(mistakes)")
        #expect(mistakes.count == (text.hasPrefix("comand") ? 2 : 1))
        #expect(!mistakes.contains { $0.contains("SECRET") })
    }

    @Test("is about the mode", arguments: ["0060", "0400", "1777", "0o660", "8", "rw", "07777", "660 ", "0x1ff"])
    func modes(_ text: String) {
        #expect(
            runMistakes("cmd: a\nkapo: {control-mode: '\(text)'}") == [
                "run.yml:2:22: 'control-mode' is octal digits from 0600 to 0777 that let the owner read and write, "
                    + "such as 0660, not '\(text)'"
            ])
    }

    @Test("is about the group", arguments: ["a:b", "a b", "4294967295"])
    func groups(_ text: String) {
        #expect(
            runMistakes("cmd: a\nkapo: {control-group: '\(text)'}") == [
                "run.yml:2:23: 'control-group' is the name or the number of a group, not '\(text)'"
            ])
    }

    @Test("is all said at once, in the order of the file")
    func all() {
        let text = """
            kapo:
              prot: 80
              control-mode: 8
            log: {age: x, nmu: 1}
            cwd: []
            cwd: /
            wiat: 5
            """
        #expect(
            runMistakes(text).map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "run.yml:1:1: there", "run.yml:2:3: 'prot'", "run.yml:3:17: 'control-mode'", "run.yml:4:1: 'log'",
                "run.yml:4:12: 'age'", "run.yml:4:15: 'nmu'", "run.yml:5:6: 'cwd'", "run.yml:6:1: 'cwd'",
                "run.yml:7:1: 'wiat'",
            ])
    }

    @Test(
        "names the key that is nearest",
        arguments: [
            ("cmdd", "cmd"), ("comand", "cmd"), ("retry", "retries"), ("requirecmd", "require_cmd"), ("evn", "env"),
            ("WAIT", "wait"), ("post-exit", "post_exit"), ("usr", "user"), ("pdi", "pid"), ("", "cmd"),
        ])
    func nearest(_ text: String, _ expected: String) {
        let keys = [
            "cmd", "cwd", "env", "pid", "log", "stderr", "logger", "require", "require_cmd", "post_exit", "user",
            "wait",
            "retries", "kapo",
        ]
        #expect(nearestName(to: text, among: keys) == expected)
        #expect(nearestName(to: text, among: []) == nil)
    }

    @Test(
        "counts what is put in, taken out, replaced and exchanged",
        arguments: [
            ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "abd", 1),
            ("abc", "ab", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("abcd", "badc", 2),
        ])
    func distance(_ one: String, _ other: String, _ expected: Int) {
        #expect(editDistance(Array(one.utf8), Array(other.utf8)) == expected)
        #expect(editDistance(Array(other.utf8), Array(one.utf8)) == expected)
    }

    @Test("stays short, however long or wild the key is")
    func short() {
        let mistakes = runMistakes("cmd: a\n? \"\(String(repeating: "\\n\\e", count: 50_000))\"\n: b\n")
        #expect(mistakes.count == 1)
        #expect(mistakes[0].unicodeScalars.count < 200)
        #expect(!mistakes[0].unicodeScalars.contains("\u{1b}"))
    }
}
