import Glibc
import Testing

/// hacheck's commands, by their names and as `kapo spool`.
@Suite struct SpoolCommandTests {
    @Test("down and up: the file, its mode, the words of status, and exit codes")
    func downAndUp() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            #expect(try spool.run("hastatus web") == Outcome(ending: .code(0), output: "UP\tweb\n", errors: ""))
            #expect(try spool.run("hadown web api -r deploy") == Outcome(ending: .code(0), output: "", errors: ""))
            #expect(spool.names == ["api", "web"])
            #expect(
                spool.text("web").contains(
                    /^\{"reason": "deploy", "expiration": null, "creation": \d{10}\.\d{1,6}\}$/))
            let modes = try box.finish(["stat", "-c", "%a", spool.root, "\(spool.root)/web"])
            #expect(modes.output == "750\n644\n")
            let status = try spool.run("hastatus web other api")
            #expect(status.output == "DOWN\tinf\tweb\tdeploy\nUP\tother\nDOWN\tinf\tapi\tdeploy\n")
            #expect(status.ending == .code(1))
            for _ in 0..<2 {
                #expect(try spool.run("haup web") == Outcome(ending: .code(0), output: "", errors: ""))
            }
            #expect(spool.names == ["api"])
            #expect(try spool.run("kapo spool down api -e 4102444800.5").ending == .code(0))
            #expect(try spool.run("kapo spool status api").output == "DOWN\t4102444800.500000\tapi\talice\n")
            #expect(try spool.run("kapo spool up api").ending == .code(0) && spool.names == [])
        }
    }

    @Test("a port, and a port of a host, are things of their own; status looks at exactly what is named")
    func places() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            for options in ["", "-P 80", "-P 80 -H 127.0.0.1", "-P 81 -H 10.0.0.1", "-P 82 -H ::1", "-P 0"] {
                #expect(try spool.run("hadown web \(options)").ending == .code(0))
            }
            #expect(try spool.run("hadown all").ending == .code(0))
            #expect(spool.names == ["all", "web", "web:10.0.0.1:81", "web:80", "web:::1:82"])
            for (options, line) in [
                ("web", "web"), ("web -P 80", "web::80"), ("web -P 80 -H 127.0.0.1", "web:127.0.0.1:80"),
                ("web -P 81 -H 10.0.0.1", "web:10.0.0.1:81"), ("web -P 82 -H ::1", "web:::1:82"),
            ] {
                #expect(try spool.run("hastatus \(options)").output == "DOWN\tinf\t\(line)\talice\n")
            }
            #expect(try spool.run("hastatus web -P 83").output == "UP\tweb\n")
            #expect(try spool.run("hastatus other").ending == .code(0))
            let all = try spool.run("haup -a status_downed")
            #expect(all.ending == .code(0))
            #expect(all.output == (try spool.run("kapo spool status")).output)
            #expect(
                all.output.split(separator: "\n").map { $0.split(separator: "\t")[2] }
                    == ["all", "web", "web:10.0.0.1:81", "web::80", "web:::1:82"])
        }
    }

    @Test("down again for the same reason keeps the beginning; for another, or when it was over, it begins anew")
    func creation() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            #expect(try spool.run("hadown web -r a").ending == .code(0))
            let first = spool.text("web")
            #expect(try spool.run("hadown web -r a -e 2h").ending == .code(0))
            let creation = try #require(first.firstMatch(of: /"creation": ([0-9.]+)/)).1
            #expect(spool.text("web").contains("\"creation\": \(creation)}") && spool.text("web") != first)
            #expect(try spool.run("hadown web -r b").ending == .code(0))
            #expect(!spool.text("web").contains(creation))
            try spool.put("web", #"{"reason": "b", "expiration": 5, "creation": 1.5}"#)
            #expect(try spool.run("hadown web -r b").ending == .code(0))
            #expect(!spool.text("web").contains("1.5"))
            try spool.put("web", "b")
            #expect(try spool.run("hadown web -r b").ending == .code(0))
            #expect(spool.text("web").contains(/"creation": [12]\d{9}\./))
        }
    }

    @Test("what is over counts as up, and its file is removed, by all that look at it")
    func expired() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            for command in ["hastatus web", "haup -a status_downed", "kapo spool status"] {
                #expect(try spool.run("hadown web -e 1.5").ending == .code(0))
                #expect(try spool.run("hadown api").ending == .code(0))
                let outcome = try spool.run(command)
                #expect(outcome.ending == .code(0))
                #expect(outcome.output == (command == "hastatus web" ? "UP\tweb\n" : "DOWN\tinf\tapi\talice\n"))
                #expect(spool.names == ["api"])
            }
        }
    }

    @Test("--json has it all, before and after a change")
    func json() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            let up =
                #"[{"Service":"web","Host":null,"Port":null,"State":"up","Reason":null,"Creation":null,"#
                + #""Expiration":null}]"# + "\n"
            #expect(try spool.run("haup web --json").output == up)
            #expect(try spool.run("hastatus web --json") == Outcome(ending: .code(0), output: up, errors: ""))
            let down = try spool.run("hadown web -P 80 -e 4102444800 --json").output
            #expect(
                down.replacing(/"Creation":[0-9.]+/, with: "\"Creation\":1")
                    == #"[{"Service":"web","Host":null,"Port":80,"State":"down","Reason":"alice","Creation":1,"#
                    + #""Expiration":4102444800.0}]"# + "\n")
            let status = try spool.run("hastatus web -P 80 --json")
            #expect(status.output == down && status.ending == .code(1))
            #expect(try spool.run("kapo spool status --json").output == down)
        }
    }

    @Test("the reason is who calls; a name that several share must give one")
    func reason() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            let bob = ["SUDO_USER": nil, "SSH_USER": "bob"] as [String: String?]
            #expect(try spool.run("hadown web", environment: bob).ending == .code(0))
            #expect(spool.text("web").contains("\"bob\""))
            #expect(try spool.run("hadown web", environment: ["SUDO_USER": nil, "SSH_USER": nil]).ending == .code(0))
            let user = try box.finish(["id", "-un"]).output.dropLast()
            #expect(spool.text("web").contains("\"\(user)\""))
        }
    }

    @Test("/etc/nonhumans is asked", .enabled(if: getuid() == 0, "this is for root"))
    func nonhumans() throws {
        try Sandbox.run { box in
            let spool = try SpoolPlace(box)
            try Files.write(box.path("shared"), "# robots\nalice # and bob\n".utf8)
            let script = """
                mount --make-rprivate / && touch nonhumans && cp -a /etc etc && mount --bind etc /etc &&
                cp shared /etc/nonhumans && "$0" "$@"
                """
            let words = ["env", "--chdir", box.directory, "unshare", "--mount", "sh", "-c", script, box.path("hadown")]
            let environment = ["KAPO_SPOOL_ROOT": spool.root, "SUDO_USER": "alice"] as [String: String?]
            let refused = try box.finish(words + ["web"], environment: environment)
            let plea = "please use --reason option to tell us who you REALLY are\n"
            #expect(refused == Outcome(ending: .code(1), output: plea, errors: ""))
            #expect(!Files.exists(spool.root))
            #expect(try box.finish(words + ["web", "-r", "x"], environment: environment).ending == .code(0))
            #expect(spool.names == ["web"])
        }
    }
}
