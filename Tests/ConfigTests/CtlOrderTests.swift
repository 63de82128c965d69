import Testing

@testable import Config

@Suite("What kapo ctl can be asked to do")
struct CtlOrderTests {
    @Test(
        "a verb, and what is sent for it",
        arguments: [
            ("status", nil, false), ("top", nil, false), ("start", "start", false), ("stop", "down", false),
            ("once", "once", false), ("restart", "restart", false), ("halt", "halt", true), ("exit", "exit", true),
        ] as [(String, String?, Bool)])
    func verb(_ text: String, _ name: String?, _ endsSupervisor: Bool) throws {
        let verb = try CtlVerb(text: text)
        #expect(verb.order == name.map { CtlOrder(name: $0, endsSupervisor: endsSupervisor) })
        #expect(CtlVerb.allCases.contains(verb) && CtlVerb.allCases.count == 8)
    }

    @Test("anything else is no verb", arguments: nonsense + ["STOP", "Start", "down", "up", "s", "kill", "status "])
    func noVerb(_ text: String) {
        #expect(
            reading(text, as: CtlVerb.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a verb: exit, halt, once, restart, start, status, stop or top")))
    }

    @Test("a signal is named in upper or in lower case", arguments: CtlSignal.flags.map(\.name))
    func signal(_ name: String) throws {
        #expect(try CtlSignal(text: name).order == CtlOrder(name: name, endsSupervisor: false))
        #expect(try CtlSignal(text: name.lowercased()) == CtlSignal(text: name))
    }

    @Test("anything else is no signal", arguments: nonsense + ["Term", "SIGTERM", "15", "t", "CHLD", "ſtop"])
    func noSignal(_ text: String) {
        #expect(
            reading(text, as: CtlSignal.self)
                == .failure(
                    SettingError(
                        "'\(text)' is not a signal that can be sent: ALRM, CONT, HUP, INT, KILL, QUIT, STOP, TERM, "
                            + "TTIN, TTOU, USR1, USR2 or WINCH")))
    }
}
