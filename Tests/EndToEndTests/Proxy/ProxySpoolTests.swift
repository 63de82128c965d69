import Glibc
import Testing

/// Files of the spool, written by anybody, as the proxy sees them.
@Suite struct ProxySpoolTests {
    /// Waits until the proxy says this of the service; it hears of changes by itself.
    private func wait(_ kapo: Kapo, _ path: String, _ status: Int, _ text: String) throws {
        var last = Verdict(0, "")
        try eventually("\(status) \(text), not \(last); log: \(kapo.log)") {
            last = try kapo.check(path)
            return last.status == status && last.text.contains(text)
        }
    }

    @Test("the whole host, then the service, then the port; text of old versions is the reason; the past counts as up")
    func order() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy()
            let web = "/spool/web/80/"
            try Files.write("\(box.spool)/web:80", "an old version's words".utf8)
            try wait(kapo, web, 503, "Service web in down state")
            #expect(try kapo.check(web).text.hasSuffix(": an old version's words"))
            #expect(try kapo.check("/spool/web/81/") == Verdict(200, ""))
            try Files.write("\(box.spool)/web", #"{"reason": "service", "expiration": null, "creation": 1000}"#.utf8)
            try wait(kapo, web, 503, "Service web in down state since 1000.000000: service")
            try Files.write("\(box.spool)/all", #"{"reason": "host", "expiration": 4102444800}"#.utf8)
            try wait(kapo, web, 503, "Service all in down state")
            #expect(try kapo.check(web).text.hasSuffix(" until 4102444800.000000: host"))
            #expect(try kapo.check("/spool/other/1/").status == 503)
            for name in ["all", "web", "web:80"] {
                try Files.write("\(box.spool)/\(name)", #"{"reason": "over", "expiration": 1000, "creation": 1}"#.utf8)
            }
            try wait(kapo, web, 200, "")
        }
    }

    @Test("a downtime ends when its time is over, without a change of any file")
    func expiration() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy()
            let end = WallTime.now + 1.5
            try Files.write("\(box.spool)/web", #"{"reason": "soon over", "expiration": \#(end), "creation": 1}"#.utf8)
            try wait(kapo, "/spool/web/80/", 503, "soon over")
            try wait(kapo, "/spool/web/80/", 200, "")
            #expect(WallTime.now >= end)
        }
    }

    @Test("files of every odd kind are read or left alone, and the proxy lives")
    func oddFiles() throws {
        try Sandbox.run { box in
            try box.prepareProxy("cache_time: 0")
            let made = try box.shell(
                """
                cd '\(box.spool)'
                echo secret >../secret; ln -s ../secret link; ln -s /etc/passwd passwd; mkdir directory; mkfifo fifo
                ln -s loop loop; ln -s /dev/zero zero; mkdir .hidden; : >empty; head -c 3000000 /dev/zero >big
                printf '\\377\\000\\001' >bytes; printf '{"reason": 7, "expiration": "x"}' >types
                printf '{"reason": "' >torn; printf '[%.0s' $(seq 9000) >deep; printf '{"expiration": 1e999}' >infinite
                printf '{"reason": "a\\r\\nX-Evil: 1\\u0000"}' >lines
                python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
                for name in 'a b' 'a:b:c:d' 'a:' ':80' 'a:99999' 'a::80' '-' $(printf 'x%.0s' $(seq 200)); do
                    echo odd >"$name"
                done
                """)
            #expect(made.code == 0, "\(made.errors)")
            let kapo = try box.kapo(box.start(box.proxyWords))
            for name in [
                "link", "passwd", "zero", "loop", "fifo", "directory", "socket", "empty", "big", "bytes", "types",
                "torn", "deep", "infinite", "lines", "a", "-",
            ] {
                let answer = try kapo.ask("/spool/\(name)/80/")
                #expect([200, 503].contains(answer.status), "\(name)")
                #expect(!answer.body.contains("secret") && !answer.body.contains("root:"), "\(name): \(answer.body)")
                #expect(answer.headers["x-evil"] == nil && answer.body.utf8.count < 10000)
                #expect(!answer.body.contains { $0.isNewline }, "one line")
            }
            // Links are not followed, and what is no file is none.
            for name in ["link", "passwd", "zero", "loop", "fifo", "directory", "socket"] {
                #expect(try kapo.check("/spool/\(name)/80/").status == 200, "\(name)")
            }
            #expect(try kapo.check("/spool/torn/80/").status == 503)
            #expect(try kapo.check("/spool/empty/80/").status == 503)
            // What is replaced while it is looked at is seen as it is at the end.
            let storm = try box.shell(
                """
                cd '\(box.spool)'
                for turn in $(seq 300); do echo "$turn" >.new; mv .new storm; rm -f gone; echo x >gone; rm gone; done
                """)
            #expect(storm.code == 0, "\(storm.errors)")
            try wait(kapo, "/spool/storm/80/", 503, ": 300")
            try wait(kapo, "/spool/gone/80/", 200, "")
        }
    }

    @Test("the spool is moved away, made anew, and filled: the proxy follows")
    func replaced() throws {
        try Sandbox.run { box in
            let kapo = try box.proxy()
            try Files.write("\(box.spool)/web", "before".utf8)
            try wait(kapo, "/spool/web/80/", 503, "before")
            // Kapo may be the first to make it.
            let made = try box.shell("mv '\(box.spool)' '\(box.spool).old' && mkdir -p '\(box.spool)'")
            #expect(made.code == 0, "\(made.errors)")
            try wait(kapo, "/spool/web/80/", 200, "")
            try Files.write("\(box.spool)/web", "after".utf8)
            try wait(kapo, "/spool/web/80/", 503, "after")
        }
    }
}
