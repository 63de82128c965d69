import Testing

/// The protocol of event listeners and of XML-RPC, with friends and others at the other end.
@Suite struct HttpokProtocolTests {
    @Test("events other than ticks are acknowledged, and nothing is asked; they may come in any pieces")
    func others() throws {
        try HttpokPipes.run(
            """
            listener = Listener("-p", "web")
            exit = event("PROCESS_STATE_EXITED", b"processname:cat groupname:cat from_state:RUNNING")
            listener.tell(exit)
            listener.expect(b"RESULT 2\\nOKREADY\\n")
            listener.tell(exit * 100)
            listener.expect(b"RESULT 2\\nOKREADY\\n" * 100)
            for byte in exit:
                listener.tell(bytes([byte]))
            listener.expect(b"RESULT 2\\nOKREADY\\n")
            listener.tell(event("PROCESS_LOG_STDOUT", b"eventname:TICK_5 len:0\\n" * 100000))
            listener.expect(b"RESULT 2\\nOKREADY\\n")
            assert not calls and Page.asked == 0
            listener.tell((exit + event("TICK_60", b"when:5") + event("TICK_3600", b"")) * 3)
            listener.expect(b"RESULT 2\\nOKREADY\\n" * 9)
            assert not calls and Page.asked == 6
            listener.end()
            assert listener.said() == "", listener.said()
            """)
    }

    @Test("supervisord's faults and failures are told, and the listener lives on")
    func faults() throws {
        try HttpokPipes.run(
            #"""
            listener = Listener("-p", "site:web", SUPERVISOR_USERNAME="Aladdin", SUPERVISOR_PASSWORD="open sesame")
            Page.status = 500
            selected = "Restarting selected processes ['site:web']\nsite:web is in RUNNING state, restarting\n"
            said = ""


            def tick(text):
                global said
                listener.tick()
                assert listener.said() == said + text, (listener.said(), said + text)
                said += text


            tick(selected + "site:web restarted\n")
            assert calls == [("getAllProcessInfo",), ("stopProcess", "site:web"), ("startProcess", "site:web")], calls
            assert all(seen["Authorization"] == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" for seen in RPC.seen)
            assert all(seen["Content-Type"] == "text/xml" for seen in RPC.seen)
            answers["stopProcess"] = xmlrpc.client.Fault(70, "NOT_RUNNING: it's")
            tick(selected + "Failed to stop process site:web: <Fault 70: \"NOT_RUNNING: it's\">\nsite:web restarted\n")
            answers["startProcess"] = xmlrpc.client.Fault(40, "ABNORMAL_TERMINATION: <web>")
            answers["stopProcess"] = True
            tick(selected + "Failed to start process site:web: <Fault 40: 'ABNORMAL_TERMINATION: <web>'>\n")
            none = "Exception retrieving process info %s, not acting\n"
            answers["getAllProcessInfo"] = xmlrpc.client.Fault(6, "SHUTDOWN_STATE")
            tick(none % "<Fault 6: 'SHUTDOWN_STATE'>")
            answers["getAllProcessInfo"] = 5
            tick(none % "the answer is no XML-RPC: no list of processes")
            head = b"HTTP/1.1 200 OK\r\n\r\n"
            for raw, text in [
                (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "401 Unauthorized"),
                (b"", "the connection was closed without an answer"), (b"SSH-2.0\r\n", "the answer is no HTTP"),
                (head, "the answer is no XML: no element found, in line 1"),
                (head + b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
                    "the answer has a document type, which XML-RPC has not"),
                (head + b"<a>" * 100, "the answer has elements in more than 64 others"),
            ]:
                RPC.raw = raw
                tick(none % ("supervisord: " + text))
            RPC.raw = None
            answers.update(getAllProcessInfo=processes, startProcess=True)
            tick(selected + "site:web restarted\n")
            rpc.shutdown()
            rpc.server_close()
            tick(none % "supervisord: cannot connect: connection refused")
            listener.end()
            """#)
    }

    @Test("without a supervisord it says so, and ends with 1")
    func alone() throws {
        try Sandbox.run { box in
            let outcome = try box.shell("exec \"$KAPO\" httpok http://127.0.0.1/ </dev/null")
            #expect(outcome.ending == .code(1))
            #expect(outcome.output == "")
            #expect(outcome.errors == "httpok must be run as a supervisor event listener\n")
            let help = try box.shell("exec \"$KAPO\" httpok -h")
            #expect(help.ending == .code(0) && help.output.contains("superlance") && help.errors == "")
            let bad = try box.shell("exec \"$KAPO\" httpok -t never http://a/")
            #expect(bad.ending == .code(64) && bad.output == "" && bad.errors.contains("'never' is not"))
        }
    }

    @Test("docs/httpok.md has each option of the help")
    func documented() throws {
        try Sandbox.run { box in
            let help = try box.finish([Programs.kapo, "httpok", "--help"]).output
            let options = help.matches(of: /(?m)^  (?:-([a-zA-Z]), )?(--[a-z_-]+)/).map(\.output)
            #expect(options.count == 18)
            let page = Repository.text("docs/httpok.md")
            for (_, letter, name) in options where name != "--help" && name != "--version" {
                #expect(page.contains("| `\(letter.map { "-\($0)`, `" } ?? "")\(name)"), "\(name)")
            }
        }
    }

    @Test("the end of standard input, or a TERM, is the end, whatever goes on")
    func ends() throws {
        try HttpokPipes.run(
            #"""
            Listener().end()
            Page.status = None
            for number in signal.SIGTERM, signal.SIGINT:
                listener = Listener("-t", "600")
                asked = Page.asked
                listener.tell(event("TICK_5"))
                until(lambda: Page.asked > asked)
                listener.process.send_signal(number)
                listener.end()
            Page.status = 500
            listener = Listener("-p", "web", "-d", "/tmp", "-g", "sleep 600;")
            listener.tell(event("TICK_5"))
            children = "/proc/%d/task/%d/children" % (listener.process.pid, listener.process.pid)
            until(lambda: open(children).read())
            listener.process.send_signal(signal.SIGTERM)
            listener.end()
            """#)
    }

    @Test("what is no event ends it with 1, and says what came")
    func hostile() throws {
        try HttpokPipes.run(
            #"""
            for data, text in [
                (b"\n", "a header without eventname: ''"), (b"hello\n", "that is no key:value: 'hello'"),
                (b"eventname:TICK_5 len:-1\n", "a header without a len"), (b"a" * 5000, "a header of over 4096 bytes"),
                (b"eventname:TICK_5 len:99999999999\n", "a header without a len"), (b"\0\xff:\n", "without eventname"),
            ]:
                listener = Listener()
                listener.tell(data)
                assert listener.process.wait(20) == 1
                assert listener.process.stdout.read() == b""
                said = listener.said()
                assert "this is no event of supervisord: " in said and text in said, said
            listener = Listener()
            listener.tell(event("TICK_5", b"when:1")[:-1])
            listener.end()
            assert Page.asked == 0
            """#)
    }

    @Test("input may be a file, or nothing")
    func files() throws {
        try HttpokPipes.run(
            #"""
            for data in b"", event("TICK_5", b"when:1") * 3:
                with tempfile.TemporaryFile() as file:
                    file.write(data)
                    file.seek(0)
                    outcome = subprocess.run(
                        [os.environ["KAPO"], "httpok", url], stdin=file, capture_output=True, timeout=20,
                        env=dict(os.environ, SUPERVISOR_SERVER_URL=place))
                    assert outcome.returncode == 0 and outcome.stderr == b"", outcome
                    assert outcome.stdout == b"READY\n" + b"RESULT 2\nOKREADY\n" * (3 if data else 0), outcome
            assert Page.asked == 3
            """#)
    }
}
