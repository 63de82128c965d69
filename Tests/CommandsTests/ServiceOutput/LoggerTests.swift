import Glibc
import Host
import Testing

@testable import Program

@Suite("A logger gets the lines of a service")
struct LoggerTests {
    @Test("it has every line when everything is passed on, and so has the file")
    func lines() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let logger = rig.shell("exec cat > $DIR/logged")
                let output = try rig.output(.init(log: rig.file("log"), logger: logger))
                try rig.finish("seq 100000; echo err >&2", output)
                try rig.flush(output)
                #expect(rig.text("logged").split(separator: "\n").count == 100_001)
                #expect(rig.text("logged") == rig.text("log"))
                #expect(rig.text("kapo.log") == "")
                #expect(Children.next() == .noChild)
            }
        }
    }

    @Test("it alone is enough, and standard error may go elsewhere")
    func alone() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let logger = rig.shell("exec cat > $DIR/logged")
                let output = try rig.output(.init(errorLog: rig.file("err"), logger: logger))
                try rig.finish("echo out; echo err >&2", output)
                try rig.flush(output)
                #expect(rig.text("logged") == "out\n" && rig.text("err") == "err\n")
            }
        }
    }

    @Test("one that does not read keeps nobody from ending, and the file gets what is left")
    func stuck() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let logger = rig.shell("echo $$ > $DIR/logger; exec sleep 600")
                let output = try rig.output(.init(log: rig.file("log"), logger: logger))
                try rig.until("the logger has begun") { rig.text("logger").hasSuffix("\n") }
                // That is more than the logger's pipe takes, and what is beyond that fits into the command's.
                try rig.finish("seq 20000", output)
                try rig.flush(output)
                #expect(rig.text("log").split(separator: "\n").count == 20_000)
                #expect(rig.text("kapo.log").contains("does not read, and what waits for it is lost"))
                kill(try #require(Int32(rig.text("logger").dropLast())), SIGKILL)
            }
        }
    }

    @Test("one that dies is started again, and the next one reads what it has not read")
    func restart() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let logger = rig.shell(#"read -r line; echo "$$ $line" >> $DIR/logged"#)
                let output = try rig.output(.init(logger: logger))
                try rig.finish("echo 1; echo 2; echo 3", output)
                try rig.until("three lines") { rig.text("logged").split(separator: "\n").count == 3 }
                let words = rig.text("logged").split(separator: "\n").map { $0.split(separator: " ") }
                #expect(words.map { $0[1] } == ["1", "2", "3"])
                #expect(Set(words.map { $0[0] }).count == 3)
                #expect(rig.text("kapo.log").split(separator: "\n").count == 1)
                #expect(
                    rig.text("kapo.log").contains("the logger sh ended with exit code 0, it is started again in 1 s"))
            }
        }
    }

    @Test("while it is slow the command waits, and nothing is lost")
    func slow() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let logger = rig.shell("sleep 0.5; exec cat > $DIR/logged")
                let output = try rig.output(.init(log: rig.file("log"), logger: logger))
                try rig.finish("seq 300000", output)
                try rig.flush(output)
                #expect(rig.text("logged").split(separator: "\n").count == 300_000)
                #expect(rig.text("logged") == rig.text("log"))
            }
        }
    }

    @Test("while it cannot be started the command goes on; what does not fit is dropped, and that is said")
    func down() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                var logger = rig.shell("")
                logger.words = [Word(rig.path("logger"))]
                let output = try rig.output(.init(log: rig.file("log"), logger: logger))
                try rig.finish("seq 100000", output)
                #expect(rig.text("log").split(separator: "\n").count == 100_000)
                // Now there is one, which is started within a second.
                try rig.finish(
                    #"printf '#!/bin/sh\nexec cat > "$DIR/logged"' > $DIR/l; chmod 755 $DIR/l; mv $DIR/l $DIR/logger"#,
                    rig.output(.init(log: rig.file("other"))))
                try rig.until("some lines") { !rig.text("logged").isEmpty }
                try rig.finish("echo last", output)
                try rig.flush(output)
                let lines = rig.text("logged").split(separator: "\n")
                #expect(lines.last == "last")
                let kept = lines.count - 2
                #expect(lines.prefix(kept).elementsEqual((1...max(1, kept)).map { "\($0)" }.map { $0[...] }))
                #expect(lines[kept] == "kapo: \(100_000 - kept) lines were lost: The logger was down")
                let bytes = lines.prefix(kept).reduce(0) { $0 + $1.utf8.count + 1 }
                #expect(bytes > 65536 && bytes <= 2 * 65536)
            }
        }
    }

    @Test("one that is down at the end is not waited for")
    func downAtEnd() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                var logger = rig.shell("")
                logger.words = [Word("/nonexistent/logger")]
                let output = try rig.output(.init(logger: logger))
                try rig.finish("seq 100000", output)
                try rig.flush(output)
                #expect(rig.text("kapo.log").contains("cannot start the logger /nonexistent/logger"))
                #expect(rig.text("kapo.log").contains("is down, and what waits for it is lost"))
            }
        }
    }
}
