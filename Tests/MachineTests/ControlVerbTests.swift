import Machine
import Testing

@Suite("The verbs of the control socket")
struct ControlVerbTests {
    @Test(
        "each has its names, and no other",
        arguments: [
            (["u", "up", "start"], .up), (["o", "once"], .once), (["d", "down"], .down), (["restart"], .restart),
            (["halt"], .halt), (["x", "exit"], .exit), (["k", "kill", "KILL"], .kill),
            (["h", "hup", "HUP"], .signal(1)), (["i", "int", "INT"], .signal(2)), (["q", "quit", "QUIT"], .signal(3)),
            (["1", "usr1", "USR1"], .signal(10)), (["2", "usr2", "USR2"], .signal(12)),
            (["a", "alrm", "ALRM"], .signal(14)), (["t", "term", "TERM"], .signal(15)),
            (["c", "cont", "CONT"], .signal(18)), (["s", "stop", "STOP"], .signal(19)),
            (["in", "ttin", "TTIN"], .signal(21)), (["ou", "ttou", "TTOU"], .signal(22)),
            (["w", "winch", "WINCH"], .signal(28)),
        ] as [([String], ControlVerb)])
    func names(_ names: [String], _ verb: ControlVerb) {
        for name in names { #expect(ControlVerb(name: name) == verb, "\(name)") }
    }

    @Test(
        "other words are none",
        arguments: [
            "", "U", "UP", "Up", "DOWN", "ONCE", "EXIT", "START", "HALT", "RESTART", "K", "T", "Term", "SIGTERM", "15",
            "9", "3", "out", "p", "pause", "term ", " term", "term/", "tstp", "segv", "status", "\u{17f}", "\u{212a}",
        ])
    func unknown(_ name: String) { #expect(ControlVerb(name: name) == nil) }
}
