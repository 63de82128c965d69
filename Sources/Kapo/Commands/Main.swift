import ArgumentParser
import Glibc
import Host
import Program

/// The start of everything.
@main enum Main {
    static func main() {
        // Before anything else: a signal that comes now must find nobody, and no socket may become descriptor 1.
        var inherited = Signals.block(Signals.forwarded)
        Descriptor.fillStandardOnes()

        let line = CommandLineWords(CalledName.words(Invocation.arguments))
        do {
            var command = try Kapo.parseAsRoot(line.forParser)
            if let check = command as? Check {
                // Nobody reads signals here: they end a check as they end any program.
                Signals.release(Signals.forwarded, inherited)
                let report = Program.check(try check.settings())
                if let line = report.line { say(line) }
                exit(report.exitCode)
            }
            if let ctl = command as? Ctl { try control(ctl, inherited) }
            if let spool = command as? SpoolCommand {
                let settings = try spool.settings()
                Signals.release(Signals.forwarded, inherited)
                conclude(try Program.spool(settings), "spool")
            }
            guard let mode = command as? any ModeCommand else {
                try command.run()
                exit(EXIT_SUCCESS)
            }
            let options = try mode.options(commandWords: line.command)
            inherited.limits = Descriptor.raiseLimit()
            if let missing = try options.requirements?.missing(inherited) {
                say("kapo: \(missing)")
                exit(EXIT_FAILURE)
            }
            exit(options.isDaemon ? try runAsDaemon(options, inherited) : try Program.run(options, inherited))
        } catch let failure as Program.Failure {
            say("kapo: \(failure)")
            exit(KapoExit.failed)
        } catch {
            refuse(error)
        }
    }

    /// Says what is wrong, or what was asked for, such as help, and exits.
    private static func refuse(_ error: any Error) -> Never {
        // Bad usage has a code of its own where Kapo stands in for a program that has another.
        guard Kapo.exitCode(for: error) == .validationFailure, let code = CalledName.usageCode(Invocation.arguments)
        else { Kapo.exit(withError: error) }
        say(Kapo.fullMessage(for: error))
        exit(code)
    }

    /// The first process ends as soon as it is known how the start went; this is the other one.
    private static func runAsDaemon(_ options: Options, _ inherited: Signals.Inherited) throws -> Int32 {
        var announcement: Daemon.Announcement? = try Daemon.begin(inherited)
        do {
            return try Program.run(options, inherited) { failure in
                if let failure {
                    announcement.take()?.failed("kapo: \(failure)")
                } else {
                    announcement.take()?.started()
                }
            }
        } catch {
            announcement.take()?.failed("kapo: \(error)")
            return KapoExit.failed
        }
    }

    /// Looks at services, or tells them what to do, and exits.
    private static func control(_ ctl: Ctl, _ inherited: Signals.Inherited) throws -> Never {
        let isTerminal = StandardOutput.isTerminal
        // https://no-color.org: set, and not empty.
        let isMonochrome = Invocation.variable("NO_COLOR")?.isEmpty == false
        let task = try ctl.task(allowsColour: isTerminal && !isMonochrome)
        if task.isTop && isTerminal { exit(try Program.ctlTop(task.settings, inherited)) }
        Signals.release(Signals.forwarded, inherited)
        conclude(try Program.ctl(task.settings), "ctl")
    }

    /// Says what a subcommand has to say, and exits.
    private static func conclude(_ report: ClientReport, _ subcommand: String) -> Never {
        if let complaint = report.complaint { say(complaint) }
        do {
            try StandardOutput.write(report.output)
        } catch  where error.code != EPIPE {
            say("kapo \(subcommand): standard output: \(error)")
            exit(KapoExit.failed)
        } catch {
            // Whoever read has seen enough, as `head` does.
        }
        exit(report.exitCode)
    }

    /// Writes a line to standard error.
    private static func say(_ line: String) {
        var standardError = StandardError()
        print(line, to: &standardError)
    }
}
