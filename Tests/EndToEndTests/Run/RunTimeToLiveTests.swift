import Glibc
import Testing

@Suite struct RunTimeToLiveTests {
    @Test("when the time to live is over, TERM goes to the command's process group")
    func term() throws {
        try Sandbox.run { box in
            let started = ContinuousClock.now
            let kapo = try box.kapo(["run", "--ttl", "1", "sh", "-c", "sleep 600 & sleep 600 & wait"])
            #expect(try kapo.entry().TTL == 1)
            #expect(try kapo.process.wait() == .code(128 + SIGTERM))
            #expect(ContinuousClock.now - started >= .seconds(1))
            #expect(kapo.log.contains("time to live is over"))
            #expect(!kapo.log.contains("killing"))
            try eventually("the end of the whole group", that: { box.processes.isEmpty })
        }
    }

    @Test("a command that ignores TERM is killed after --kill-after; a range draws a whole second from it")
    func kill() throws {
        try Sandbox.run { box in
            let started = ContinuousClock.now
            let kapo = try box.kapo([
                "run", "-t1-2", "--kill-after", "0.5", "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done",
            ])
            let ttl = try kapo.entry().TTL
            #expect((1...2).contains(ttl))
            #expect(try kapo.process.wait() == .code(128 + SIGKILL))
            #expect(ContinuousClock.now - started >= .milliseconds(ttl * 1000 + 500))
            #expect(kapo.log.contains("killing sh"))
        }
    }

    @Test("a command that ends on TERM in its own way keeps its own code")
    func ownCode() throws {
        try Sandbox.run { box in
            let kapo = try box.kapo([
                "run", "--ttl", "1", "sh", "-c", "trap 'exit 9' TERM; while :; do sleep 0.05; done",
            ])
            #expect(try kapo.process.wait() == .code(9))
        }
    }

    @Test("a range is drawn from at each start, and shows one number of it")
    func range() throws {
        try Sandbox.run { box in
            var drawn: Set<Int> = []
            // 30 draws from 1000 numbers are all equal once in 10 to the power of 87.
            for _ in 0..<30 {
                let kapo = try box.kapo(["run", "--ttl", "1000-1999", "sleep", "600"])
                drawn.insert(try kapo.entry().TTL)
                try kapo.stop()
            }
            #expect(drawn.allSatisfy { (1000...1999).contains($0) })
            #expect(drawn.count > 1)
        }
    }
}
