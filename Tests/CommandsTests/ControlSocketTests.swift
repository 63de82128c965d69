import Document
import Glibc
import Host
import Loop
import Machine
import Testing

@testable import Program

@Suite("A control socket, asked by curl")
struct ControlSocketTests {
    @Test("it says how the service is, at / and at /status")
    func status() async {
        await #expect(processExitsWith: .success) {
            ControlRig.run { rig in
                let expected = #"{"pid":6940,"up":"7.9s","cmd":"./stdout \u003e x","fpid":false,"count":4}"# + "\n"
                for target in ["http:/status", "http://im/", "http://im/status", "http://im"] {
                    try rig.expect(expected, of: target)
                }
                rig.service.status = ControlStatus(
                    pid: 0, phase: .starting(inNanoseconds: 1_000_000_000), command: "x", followsPidFile: false,
                    count: 0)
                try rig.expect(
                    #"{"pid":0,"cmd":"x","fpid":false,"count":0,"status":"Starting in 1.0 seconds"}"# + "\n",
                    of: "http:/status")
                #expect(try rig.curl("-D- -o/dev/null http:/status").contains("Content-Type: application/json\r\n"))
            }
        }
    }

    @Test("verbs are obeyed with GET and POST, each time; a reason comes back; an unknown one is said to be so")
    func verbs() async {
        await #expect(processExitsWith: .success) {
            ControlRig.run { rig in
                let done = #"{"Err":""}"# + "\n"
                for target in [
                    "http://im/signal/d", "-X POST http://im/signal/u", "-d x=y http://im/signal/once",
                    "http://im/signal/HUP", "http://im/signal/HUP http://im/signal/HUP",
                    "-X POST http://im/signal/%6bill",
                ] {
                    let answers = target.split(separator: " ").filter { $0.hasPrefix("http") }.count
                    try rig.expect(String(repeating: done, count: answers), of: target)
                }
                let hup = ControlVerb.signal(SIGHUP)
                #expect(rig.service.verbs == [.down, .up, .once, hup, hup, hup, .kill])
                rig.service.verbs = []
                for name in ["p", "Term", "", "d/", "%3Cb%3E"] {
                    let shown = name == "%3Cb%3E" ? #"\u003cb\u003e"# : name
                    try rig.expect("{\"Err\":\"unknown signal: \(shown)\"}\n", of: "http://im/signal/\(name)")
                }
                rig.service.reason = "no such process"
                try rig.expect(#"{"Err":"no such process"}"# + "\n", of: "-X POST http://im/signal/t")
                #expect(rig.service.verbs == [.signal(SIGTERM)])
            }
        }
    }

    @Test("HEAD and OPTIONS do nothing, other paths are 404, other methods 405")
    func others() async {
        await #expect(processExitsWith: .success) {
            ControlRig.run { rig in
                let code = "-w %{http_code} -o/dev/null"
                try rig.expect("405", of: "\(code) -I http://im/signal/d")
                try rig.expect("200", of: "\(code) -X OPTIONS http://im/signal/d")
                try rig.expect("405", of: "\(code) -X DELETE http://im/signal/d")
                try rig.expect("405", of: "\(code) -X POST http://im/status")
                try rig.expect("400", of: "\(code) http://im/signal/%zz")
                for path in ["signal", "x", "statu", "readyz"] {
                    try rig.expect("404", of: "\(code) http://im/\(path)")
                }
                try rig.expect(#"{"Err":"there is nothing at this path"}"# + "\n", of: "http://im/x")
                #expect(rig.service.verbs == [])
            }
        }
    }

    @Test(
        "who may not use it is told so, and members of its group may", .enabled(if: getuid() == 0, "this is for root"))
    func strangers() async {
        await #expect(processExitsWith: .success) {
            ControlRig.run(ControlAccess(mode: 0o666, group: 65530)) { rig in
                let stranger = "setpriv --reuid=65533 --regid=65533 --clear-groups"
                let answer = try rig.curl("-w %{http_code} http://im/signal/d", as: stranger)
                #expect(answer == #"{"Err":"user 65533 may not use this control socket"}"# + "\n403")
                #expect(rig.service.verbs == [])
                let member = "setpriv --reuid=65533 --regid=65533 --groups=65531,65530"
                try rig.expect(#"{"Err":""}"# + "\n", of: "http://im/signal/d", as: member)
                let primary = "setpriv --reuid=65533 --regid=65530 --clear-groups"
                try rig.expect(#"{"Err":""}"# + "\n", of: "http://im/signal/u", as: primary)
                #expect(rig.service.verbs == [.down, .up])
            }
            ControlRig.run { rig in
                let stranger = "setpriv --reuid=65533 --regid=65533 --clear-groups"
                // The kernel keeps it away.
                try rig.expect("", of: "http://im/signal/d", as: stranger)
                #expect(rig.service.verbs == [])
            }
        }
    }

    @Test("at its end nobody is let in, nothing is left, and the lock is free when it is gone")
    func end() async {
        await #expect(processExitsWith: .success) {
            ControlRig.run { rig in
                #expect(try rig.curl("http:/status") != "")
                rig.socket.finish()
                #expect(rig.socket.closeIdle())
                #expect(!File.exists(Word("\(rig.parent)/app")))
                try rig.expect("", of: "http:/status")
            }
        }
    }
}
