import Testing

/// `--generate-completion-script`, which `make install` uses.
@Suite struct CompletionTests {
    @Test("a completion script names the modes and the options", arguments: ["bash", "zsh", "fish"])
    func script(_ shell: String) throws {
        try Sandbox.run { box in
            let outcome = try box.finish([Programs.kapo, "--generate-completion-script", shell])
            #expect(outcome.code == 0)
            #expect(outcome.errors == "")
            for word in [
                "run", "supervise", "watch", "check", "ctl", "halt", "socket-activation", "kill-after", "contains",
                "spool", "status_downed", "service-host",
                "proxy", "config-file", "bind-address", "spool-root", "httpok", "sendmail_program", "restart-limit",
            ] {
                #expect(outcome.output.contains(word), "\(word)")
            }
        }
    }

    @Test("bash accepts its script and completes modes and options with it")
    func bash() throws {
        try Sandbox.run { box in
            let complete = """
                set -e
                "$KAPO" --generate-completion-script bash > kapo.bash
                bash -n kapo.bash
                source ./kapo.bash
                PATH=$(dirname "$KAPO"):$PATH
                function_name=$(complete -p kapo | sed 's/.* -F \\([^ ]*\\) .*/\\1/')
                ask() {
                    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMPREPLY=()
                    "$function_name" kapo "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || true
                    echo "${COMPREPLY[@]}"
                }
                ask kapo su
                ask kapo run --kill
                ask kapo --log-format j
                ask kapo prox
                ask kapo proxy --bind
                ask kapo httpok --send
                mkdir -p sdir/web
                export IMMORTAL_SDIR=sdir HOME=$PWD
                ask kapo ctl re
                ask kapo ctl restart w
                """
            try Files.write(box.path("complete"), complete.utf8)
            let outcome = try box.finish(
                ["env", "--chdir", box.directory, "bash", "complete"], environment: ["KAPO": Programs.kapo])
            #expect(outcome.errors == "")
            let replies = outcome.output.split(separator: "\n").map { $0.filter { $0 != " " } }
            #expect(
                replies == [
                    "supervise", "--kill-after", "json", "proxy", "--bind-address", "--sendmail_program", "restart",
                    "web",
                ])
        }
    }
}
