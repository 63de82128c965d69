import Config
import Machine

/// Everything that `httpok` needs to know.
package struct HttpokOptions: Sendable {
    /// Where supervisord answers, and who asks; without a user and a password nobody is named.
    package struct Supervisord: Equatable, Sendable {
        package var url: SupervisordURL
        package var user: String
        package var password: String
        /// How supervisord names this listener, `GROUP:NAME`; nil if it has not said so.
        package var listener: String?

        /// That place.
        package init(url: SupervisordURL, user: String, password: String, listener: String? = nil) {
            (self.url, self.user, self.password, self.listener) = (url, user, password, listener)
        }
    }

    package var supervisord: Supervisord
    /// What is asked, and as it was written.
    package var check: CheckURL
    package var url: String
    package var timeout = CheckTimeout(10)
    /// A status is good if one of these has it.
    package var codes: [StatusCodes] = []
    /// What the body must contain.
    package var sought: SoughtText?
    /// For MySQL.
    package var password = ""

    /// Names of processes, with their group or without.
    package var programs: [String] = []
    /// All processes are meant, whatever `programs` says.
    package var any = false
    /// Those in the states FATAL and EXITED are meant too.
    package var startsFatal = false
    /// Ask, and tell by mail, even if no process is there to be restarted.
    package var isEager = true
    /// When a failure has consequences.
    package var policy = ListenerVerdict.Policy()

    /// Where core files go; nil for none.
    package var coreDirectory: String?
    /// Beginning of a shell's command that writes one.
    package var gcore = "/usr/bin/gcore -o"
    /// Who is told.
    package var emails: [String] = []
    /// A shell's command that sends the mail that it reads.
    package var sendmail = "/usr/sbin/sendmail -t -i"
    /// What this listener calls itself in the subject.
    package var name: String?

    /// The defaults.
    package init(_ supervisord: Supervisord, _ check: CheckURL, url: String) {
        (self.supervisord, self.check, self.url) = (supervisord, check, url)
    }
}
