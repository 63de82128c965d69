import Glibc
import Testing

/// httpok under Debian's supervisord, beside superlance's.
@Suite struct HttpokSupervisordTests {
    /// What is the same of what both peers say: the beginning of standard error, up to the first mail and with it.
    /// What must differ is taken out: names and ports of this run, what gdb says, and the words of a failed connection.
    private func said(_ record: HttpokWorld.Record, _ name: String) throws -> String {
        let mail = try #require(record.mails.first)
        let lines = record.errors.split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("time=\"") && !$0.hasPrefix("warning: ") }.joined(separator: "\n")
        let end = try #require(lines.firstRange(of: "Mailed:\n\n")).upperBound
        #expect(lines[end...].hasPrefix(mail) || lines.contains("gcore"), "\(lines)")
        return (lines[..<end] + mail).replacing(name, with: "NAME")
            .replacing(/'[^']*(?=\/NAME\.program)/, with: "'BOX")
            .replacing(/127\.0\.0\.1:[0-9]+/, with: "PLACE")
            .replacing(/gcore output for NAME:\n\n(?s:.*?)NAME is in RUNNING/, with: "gcore output\nNAME is in RUNNING")
            .replacing(/error contacting (.*):\n\n .*/) { "error contacting \($0.1):\n\n REASON" }
    }

    private func expectSame(_ world: HttpokWorld, _ scenario: String, _ text: String) throws {
        let (kapo, superlance) = (world.record("\(scenario)-k"), world.record("\(scenario)-s"))
        for (record, name) in [(kapo, "\(scenario)-k"), (superlance, "\(scenario)-s")] {
            let said = try said(record, name)
            #expect(said == text, "\(name): \(said)\n\(record)")
        }
        for record in [kapo, superlance] { #expect(record.asked.allSatisfy { $0 == "/x?y httpok" }) }
    }

    /// What a peer says and mails when it restarts, as superlance has it.
    private func restart(
        _ message: String, of selected: String = "['NAME']", name: String? = nil, _ lines: String...
    )
        -> String
    {
        let all = ["Restarting selected processes \(selected)"] + lines
        let subject = "httpok\(name.map { " [\($0)]" } ?? ""): http://PLACE/x?y: bad status returned"
        let mail = (["To: ops@example.org", "Subject: \(subject)", "", message] + all).joined(separator: "\n")
        return all.joined(separator: "\n") + "\nMailed:\n\n" + mail
    }

    @Test("a tick has the URL asked; what follows is superlance's, line by line and in the mail")
    func scenarios() throws {
        try Sandbox.run { box in
            _ = try box.writeExecutable(
                "sendmail", "#!/bin/sh\n{ cat; printf '\\n--end--\\n'; } >>\"${0%/*}/$1.mail\"\n")
            let world = try HttpokWorld(
                box, "unix", HttpokScenario.all + HttpokScenario.own, for: HttpokPeer.allCases, by: .unix)
            try HttpokWorld.go(box)
            try world.wait()
            try expectSameActs(world)
            try expectSameRest(world)
            try expectDifferences(world)
            try expectOwn(world, box)
            try world.stop()
        }
    }

    private func expectSameActs(_ world: HttpokWorld) throws {
        let unavailable = "status contacting http://PLACE/x?y: 503 Service Unavailable"
        let unreachable = "error contacting http://PLACE/x?y:\n\n REASON"
        let running = "NAME is in RUNNING state, restarting"
        try expectSame(world, "code", restart(unavailable, running, "NAME restarted"))
        try expectSame(world, "refused", restart(unreachable, running, "NAME restarted"))
        try expectSame(world, "hung", restart(unreachable, "gcore output", running, "NAME restarted"))
        try expectSame(
            world, "group",
            restart(
                unavailable, of: "['NAME:NAME-a']", name: "front door",
                "NAME:NAME-a is in RUNNING state, restarting", "NAME:NAME-a restarted"))
        try expectSame(
            world, "stopped",
            restart(
                unreachable, of: #"['NAME', "it's gone", 'gone:gone']"#, "NAME not in RUNNING state, NOT restarting",
                #"Programs not restarted because they did not exist: ["it's gone", 'gone:gone']"#))
        try expectSame(
            world, "gone",
            restart(
                unavailable, running,
                #"Failed to start process NAME: <Fault 20: "NO_FILE: can't find command 'BOX/NAME.program'">"#))
    }

    private func expectSameRest(_ world: HttpokWorld) throws {
        for end in ["k", "s"] {
            for quiet in ["healthy", "codes", "lazy"] {
                let record = world.record("\(quiet)-\(end)")
                #expect(record.errors == "" && record.mails.isEmpty, "\(quiet)-\(end): \(record)")
                #expect(record.lives.count == (quiet == "lazy" ? 0 : 1), "\(quiet)-\(end)")
            }
            for acted in ["code", "refused", "hung", "group"] {
                #expect(world.record("\(acted)-\(end)").lives.count >= 2, "\(acted)-\(end)")
            }
            #expect(world.record("stopped-\(end)").lives.count == 0)
            #expect(try world.state("stopped-\(end)") == "STOPPED")
            let hung = world.record("hung-\(end)")
            #expect(hung.cores.contains("hung-\(end).\(try #require(hung.lives.first))"))
            #expect(try world.state("group-\(end):group-\(end)-b") == "RUNNING")
        }
    }

    /// Where Kapo does another thing, as docs/httpok.md says.
    private func expectDifferences(_ world: HttpokWorld) throws {
        let body = world.record("body-k")
        #expect(body.lives.count >= 2 && body.errors.contains("httpok: http://127.0.0.1:"))
        #expect(body.mails.first?.contains("/x?y: bad body returned\n\nstatus contacting") == true)
        #expect(world.record("bytes-s").lives.count == 1)
        let late = world.record("late-s")
        #expect(late.lives.count >= 2 && late.mails.first?.contains("getaddrinfo returns an empty list") == true)
    }

    private func expectOwn(_ world: HttpokWorld, _ box: Sandbox) throws {
        try Files.write(box.path("later-k.go"), "".utf8)
        try eventually("\(world.record("later-k"))", that: { world.record("later-k").acknowledged >= 1 })
        let later = world.record("later-k")
        #expect(later.lives.count == 1 && later.mails.isEmpty && later.errors.contains("connection refused"))

        let exited = world.record("exited-k")
        #expect(exited.lives.count >= 2)
        #expect(exited.errors.hasPrefix("Restarting selected processes ['exited-k']\nexited-k is in "))
        #expect(exited.errors.contains(" state, restarting\nexited-k restarted\n"))

        let fall = world.record("fall-k")
        #expect(fall.errors.contains("bad status returned, not acting: failure 1 of 2"))
        #expect(fall.lives.count >= 2)

        let limit = world.record("limit-k")
        #expect(limit.lives.count == 2)
        try eventually("two mails", that: { world.record("limit-k").mails.count == 2 })
        #expect(world.record("limit-k").mails.last?.hasSuffix("NOT restarting") == true)

        let grace = world.record("grace-k")
        #expect(grace.lives.count == 1 && grace.mails.isEmpty)

        let exec = world.record("exec-k")
        #expect(exec.lives.count >= 2)
        let url = "exec:echo line one; echo two >&2; exit 3"
        #expect(
            exec.mails.first?.hasPrefix(
                "To: ops@example.org\nSubject: httpok: \(url): bad status returned\n\n"
                    + "status contacting \(url): exit code 3\n\n line one\ntwo\nRestarting selected") == true)
        #expect(world.record("tcp-k").lives.count == 1 && world.record("tcp-k").errors == "")
        #expect(world.record("closed-k").lives.count >= 2)
    }

    @Test("-a, over HTTP with a password: all but the listener, which superlance stops for good")
    func everything() throws {
        try Sandbox.run { box in
            _ = try box.writeExecutable(
                "sendmail", "#!/bin/sh\n{ cat; printf '\\n--end--\\n'; } >>\"${0%/*}/$1.mail\"\n")
            let worlds = try HttpokPeer.allCases.map { peer in
                try HttpokWorld(
                    box, peer.rawValue, [.everything], for: [peer],
                    by: .http(port: FreePort.one(box), password: "pass:wörd"))
            }
            try HttpokWorld.go(box)
            try eventually("a mail: \(worlds[0].record("any-k"))", within: .seconds(60)) {
                !worlds[0].record("any-k").mails.isEmpty
            }
            let kapo = worlds[0].record("any-k")
            #expect(kapo.lives.count >= 2)
            #expect(kapo.errors.hasPrefix("Restarting all running processes\n"))
            for line in [
                "l-any-k is this listener, NOT restarting\n", "any-k:any-k-a restarted\n", "any-k:any-k-b restarted\n",
            ] {
                #expect(kapo.errors.contains(line))
            }
            #expect(try worlds[0].state("l-any-k") == "RUNNING")
            try eventually("superlance's end", within: .seconds(60)) { try worlds[1].state("l-any-s") == "STOPPED" }
            for world in worlds { try world.stop() }
        }
    }
}
