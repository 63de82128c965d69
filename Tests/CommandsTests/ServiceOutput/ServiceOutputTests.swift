import Glibc
import Host
import Testing

@testable import Program

@Suite("The output of a service goes into its files")
struct ServiceOutputTests {
    @Test("standard output and error go into one file, in their order")
    func joined() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let output = try rig.output(.init(log: rig.file("log")))
                #expect(output.commandOutput == output.commandError)
                try rig.finish("echo 1; echo 2 >&2; echo 3", output)
                try rig.flush(output)
                #expect(rig.text("log") == "1\n2\n3\n")
                #expect(output.streams.map(\.lines) == [3])
            }
        }
    }

    @Test("standard error has its own file if that is wanted, and standard output may have none")
    func separate() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let both = try rig.output(.init(log: rig.file("log"), errorLog: rig.file("err")))
                try rig.finish("echo out; echo err >&2", both)
                try rig.flush(both)
                #expect(rig.text("log") == "out\n" && rig.text("err") == "err\n")
                #expect(both.streams.map(\.name) == ["stdout", "stderr"])
                let one = try rig.output(.init(errorLog: rig.file("err")))
                #expect(one.commandOutput == nil)
                try rig.finish("echo more >&2", one)
                try rig.flush(one)
                #expect(rig.text("err") == "err\nmore\n")
            }
        }
    }

    @Test("a last line without a newline is complete when its run has ended")
    func lastLine() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let output = try rig.output(.init(log: rig.file("log")))
                for number in 1...2 { try rig.finish("printf 'a\nrun \(number)'", output) }
                try rig.flush(output)
                #expect(rig.text("log") == "a\nrun 1\na\nrun 2\n")
            }
        }
    }

    @Test("a time in UTC stands before each line")
    func timestamps() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let output = try rig.output(.init(log: rig.file("log", hasTimestamps: true)))
                try rig.finish("printf 'a b\n\nhalf'; sleep 0.05; echo ' a line'", output)
                try rig.flush(output)
                let lines = rig.text("log").split(separator: "\n")
                let pattern = #/2\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z (.*)/#
                #expect(lines.map { $0.wholeMatch(of: pattern)?.2 ?? "none" } == ["a b", "", "half a line"])
            }
        }
    }

    @Test("what is in the pipe at the start is passed on, and what comes after the end stays there")
    func inherited() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                let peek = try PeekPipe()
                let pipe = try Pipe().release()
                func write(_ text: String) { _ = unsafe Glibc.write(pipe.writeEnd, text, text.utf8.count) }
                let ends = ServiceOutput.Ends(
                    readEnd: Descriptor(owning: pipe.readEnd), commandEnd: Descriptor(owning: pipe.writeEnd),
                    peek: peek)
                write("from before\nand ha")
                let output = try rig.output(.init(log: rig.file("log")), output: ends)
                try rig.until("it is read") { rig.text("log") == "from before\nand ha" }
                write("lf\n")
                try rig.flush(output)
                #expect(rig.text("log") == "from before\nand half\n")
                write("for the next one\n")
                var turns = 0
                try rig.until("some turns") {
                    turns += 1
                    return turns > 20
                }
                #expect(rig.text("log") == "from before\nand half\n")
                var bytes = [UInt8](repeating: 0, count: 100)
                // The kernel writes at most as many bytes as the array has.
                #expect(unsafe read(pipe.readEnd, &bytes, 100) == 17)
            }
        }
    }

    @Test("50 MB of numbered lines are in the files as they were written", arguments: [false, true])
    func much(peeks: Bool) async {
        await #expect(processExitsWith: .success) { [peeks] in
            OutputRig.run { rig in
                let pipe = try Pipe().release()
                let peek = peeks ? try PeekPipe() : nil
                let ends = ServiceOutput.Ends(
                    readEnd: Descriptor(owning: pipe.readEnd), commandEnd: Descriptor(owning: pipe.writeEnd),
                    peek: peek)
                var file = rig.file("log", size: 1 << 20)
                file.number = 1000
                let output = try rig.output(.init(log: file), output: ends)
                try rig.finish("seq -f 'line %020.0f' 2000000", output)
                try rig.flush(output)
                #expect(output.streams.map(\.lines) == [2_000_000])
                let check = """
                    cd "$DIR" && ls -v log log.* | tac | xargs cat | cmp - "$DIR/expected" && echo same > result
                    """
                let nothing = try rig.output(.init(log: rig.file("expected")))
                try rig.finish("seq -f 'line %020.0f' 2000000", nothing)
                try rig.flush(nothing)
                try rig.finish(check, rig.output(.init(log: rig.file("check"))))
                #expect(rig.text("result") == "same\n", "\(rig.text("check"))")
                #expect(File.exists(Word(rig.path("log.40"))))
            }
        }
    }

    @Test("a service that says nothing costs less than 4 KiB")
    func memory() async {
        await #expect(processExitsWith: .success) {
            OutputRig.run { rig in
                var limits = rlimit()
                // The struct lives through the calls.
                unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
                limits.rlim_cur = limits.rlim_max
                unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
                let count = min(1000, Int(clamping: limits.rlim_cur) / 4)
                var outputs = [try rig.output(.init(log: rig.file("first")))]
                try rig.finish("echo line", outputs[0])
                let before = Memory.heap.used
                for number in 0..<count { outputs.append(try rig.output(.init(log: rig.file("\(number)")))) }
                let each = Int(Memory.heap.used - before) / count
                #expect(each > 200 && each < 4096, "\(each) bytes")
                withExtendedLifetime(outputs) {}
            }
        }
    }
}
