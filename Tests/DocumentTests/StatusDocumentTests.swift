import FoundationEssentials
import Machine
import Testing

@testable import Document

@Suite("The status document, byte for byte")
struct StatusDocumentTests {
    private static let second: Int64 = 1_000_000_000
    private static let start: Int64 = 1_488_478_828_762_060_588
    private static let end: Int64 = 1_488_478_830_500_000_000

    private static func subject(
        _ mode: StatusEntry.Mode, arguments: [String] = [], sidebind: UInt16 = 0, wait: Int64 = 0
    ) -> StatusEntry.Subject {
        StatusEntry.Subject(
            mode: mode, command: "./worker", arguments: arguments, sidebindPort: sidebind,
            waitNanoseconds: wait)
    }

    private static func report(
        _ status: Machine.Status, pid: Int32 = 0, ended: Bool = false, exit: Machine.ExitStatus? = nil,
        previous: Machine.ExitStatus? = nil, restarts: Int = 0, ttl: Int64 = 0
    ) -> Report {
        var report = Report()
        report.status = status
        report.pid = pid
        report.startedAt = start
        report.endedAt = ended ? end : nil
        report.exit = exit
        report.previousExit = previous
        report.restarts = restarts
        report.ttlSeconds = ttl
        return report
    }

    private func document(_ subject: StatusEntry.Subject, _ reports: Report...) -> String {
        text(StatusDocument.bytes([StatusDocument.entries(reports.map { StatusEntry(subject: subject, report: $0) })]))
    }

    @Test("before the first start")
    func before() {
        #expect(
            document(Self.subject(.run), Report())
                == #"[{"Arguments":null,"Command":"./worker","EndTime":"0001-01-01T00:00:00Z","ExitCode":0,"#
                + #""LastExitCode":null,"LastSignal":null,"Mode":"run","PID":0,"Restarts":0,"SidebindPort":0,"#
                + #""Signal":0,"StartTime":"0001-01-01T00:00:00Z","Status":"stopped","TTL":0,"Wait":0}]"# + "\n")
    }

    @Test("run: running, with every field of the subject")
    func running() {
        let subject = Self.subject(
            .run, arguments: ["-l", "--color=never", ""], sidebind: 6667, wait: 250_000_000)
        #expect(
            document(subject, Self.report(.running, pid: 4_194_304, ttl: 30))
                == #"[{"Arguments":["-l","--color=never",""],"Command":"./worker","#
                + #""EndTime":"0001-01-01T00:00:00Z","ExitCode":0,"LastExitCode":null,"LastSignal":null,"#
                + #""Mode":"run","PID":4194304,"Restarts":0,"SidebindPort":6667,"Signal":0,"#
                + #""StartTime":"2017-03-02T18:20:28.762060588Z","Status":"running","TTL":30,"Wait":250000000}]"#
                + "\n")
    }

    @Test("run: ended with an exit code")
    func stopped() {
        #expect(
            document(Self.subject(.run), Self.report(.stopped, ended: true, exit: .exited(3)))
                == #"[{"Arguments":null,"Command":"./worker","EndTime":"2017-03-02T18:20:30.5Z","ExitCode":3,"#
                + #""LastExitCode":null,"LastSignal":null,"Mode":"run","PID":0,"Restarts":0,"SidebindPort":0,"#
                + #""Signal":0,"StartTime":"2017-03-02T18:20:28.762060588Z","Status":"stopped","TTL":0,"Wait":0}]"#
                + "\n")
    }

    @Test("run: ended by a signal")
    func killed() {
        #expect(
            document(Self.subject(.run), Self.report(.killed, ended: true, exit: .signalled(9)))
                == #"[{"Arguments":null,"Command":"./worker","EndTime":"2017-03-02T18:20:30.5Z","ExitCode":-1,"#
                + #""LastExitCode":null,"LastSignal":null,"Mode":"run","PID":0,"Restarts":0,"SidebindPort":0,"#
                + #""Signal":9,"StartTime":"2017-03-02T18:20:28.762060588Z","Status":"killed","TTL":0,"Wait":0}]"#
                + "\n")
    }

    @Test("supervise: running again after a crash")
    func restarted() {
        let report = Self.report(.running, pid: 43, previous: .signalled(11), restarts: 1)
        #expect(
            document(Self.subject(.supervise, wait: 5 * Self.second), report)
                == #"[{"Arguments":null,"Command":"./worker","EndTime":"0001-01-01T00:00:00Z","ExitCode":0,"#
                + #""LastExitCode":-1,"LastSignal":11,"Mode":"supervise","PID":43,"Restarts":1,"SidebindPort":0,"#
                + #""Signal":0,"StartTime":"2017-03-02T18:20:28.762060588Z","Status":"running","TTL":0,"#
                + #""Wait":5000000000}]"# + "\n")
    }

    @Test("supervise: waiting to start again, with the exit and the one before")
    func waiting() {
        let report = Self.report(.stopped, ended: true, exit: .exited(1), previous: .exited(255), restarts: 12_345)
        #expect(
            document(Self.subject(.supervise, wait: 5 * Self.second), report)
                == #"[{"Arguments":null,"Command":"./worker","EndTime":"2017-03-02T18:20:30.5Z","ExitCode":1,"#
                + #""LastExitCode":255,"LastSignal":0,"Mode":"supervise","PID":0,"Restarts":12345,"#
                + #""SidebindPort":0,"Signal":0,"StartTime":"2017-03-02T18:20:28.762060588Z","Status":"stopped","#
                + #""TTL":0,"Wait":5000000000}]"# + "\n")
    }

    @Test("watch: two processes are two entries")
    func watched() {
        let tail =
            #""Restarts":0,"SidebindPort":0,"Signal":0,"StartTime":"2017-03-02T18:20:28.762060588Z","#
            + #""Status":"running","TTL":0,"Wait":5000000000}"#
        let head =
            #"{"Arguments":null,"Command":"./worker","EndTime":"0001-01-01T00:00:00Z","ExitCode":0,"#
            + #""LastExitCode":null,"LastSignal":null,"Mode":"watch","PID":"#
        #expect(
            document(
                Self.subject(.watch, wait: 5 * Self.second), Self.report(.running, pid: 42),
                Self.report(.running, pid: 43))
                == "[" + head + "42," + tail + "," + head + "43," + tail + "]\n")
    }

    @Test("watch: the last one seen is stopped, and nobody knows how it ended")
    func lost() {
        #expect(
            document(Self.subject(.watch), Self.report(.stopped, ended: true))
                == #"[{"Arguments":null,"Command":"./worker","EndTime":"2017-03-02T18:20:30.5Z","ExitCode":0,"#
                + #""LastExitCode":null,"LastSignal":null,"Mode":"watch","PID":0,"Restarts":0,"SidebindPort":0,"#
                + #""Signal":0,"StartTime":"2017-03-02T18:20:28.762060588Z","Status":"stopped","TTL":0,"Wait":0}]"#
                + "\n")
    }

    @Test("the largest numbers are whole numbers, not exponents")
    func largest() {
        let subject = Self.subject(.run, sidebind: .max, wait: .max)
        let document = document(subject, Self.report(.running, pid: .max, restarts: .max, ttl: .max))
        #expect(document.contains(#""PID":2147483647,"Restarts":9223372036854775807,"SidebindPort":65535,"#))
        #expect(document.hasSuffix(#""TTL":9223372036854775807,"Wait":9223372036854775807}]"# + "\n"))
    }
}
