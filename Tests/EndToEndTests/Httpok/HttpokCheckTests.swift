import Testing

/// What is asked, and what is run, besides what supervisord does.
@Suite struct HttpokCheckTests {
    @Test("a mail that is not sent is told of; names do not become words of the shell")
    func mails() throws {
        try HttpokPipes.run(
            #"""
            Page.status = 503
            box = tempfile.mkdtemp()
            processes[0]["name"] = "$(touch '%s/bad');'" % box
            listener = Listener(
                "-a", "-m", "a@b", "-m", "c@d", "-s", "cat >%s/mail; echo no such user; exit 67" % box, "-d", box, "-g",
                "printf '%s|' >>" + box + "/words")
            listener.tick()
            said = listener.said()
            assert said.endswith("; exit 67 ended with 67: no such user\n"), said
            mail = open(box + "/mail").read()
            head = "To: a@b, c@d\nSubject: httpok: %s: bad status returned\n\nstatus contacting %s: "
            head = head % (url, url) + "503 Service Unavailable\nRestarting all running processes\n"
            assert mail.startswith(head), mail
            assert open(box + "/words").read() == "%s/site:%s|99999|" % (box, processes[0]["name"])
            assert not os.path.exists(box + "/bad")
            listener.end()
            subprocess.run(["rm", "-rf", box], check=True)
            """#)
    }

    @Test("what Kapo lacks itself is no failure of the server: nothing is restarted")
    func shortage() throws {
        try HttpokPipes.run(
            #"""
            Page.status = 503
            for address in url, "exec:exit 1":
                listener = Listener("-p", "web", url=address)
                usual = resource.prlimit(listener.process.pid, resource.RLIMIT_NOFILE)
                resource.prlimit(listener.process.pid, resource.RLIMIT_NOFILE, (3, usual[1]))
                listener.tick()
                said = listener.said()
                assert address + " is not asked: " in said and "oo many open files" in said, said
                assert not calls, calls
                resource.prlimit(listener.process.pid, resource.RLIMIT_NOFILE, usual)
                listener.tick()
                assert len(calls) == 3, calls
                calls.clear()
                listener.end()
            """#)
    }

    @Test("TLS, unix sockets, and other protocols are asked as the proxy asks them")
    func protocols() throws {
        try HttpokPipes.run(
            #"""
            box = tempfile.mkdtemp()


            class Unix(http.server.HTTPServer):
                address_family = socket.AF_UNIX

                def server_bind(self):
                    self.socket.bind(self.server_address)
                    self.server_name, self.server_port = "localhost", 0

                def get_request(self):
                    return self.socket.accept()[0], ("local", 0)


            unix = Unix(box + "/s", Page)
            threading.Thread(target=unix.serve_forever, daemon=True).start()
            key, certificate = box + "/key", box + "/certificate"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", certificate, "-subj", "/CN=x"], check=True, stderr=subprocess.DEVNULL)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            secure = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
            secure.socket = context.wrap_socket(secure.socket, server_side=True)
            threading.Thread(target=secure.serve_forever, daemon=True).start()
            for good in (
                "unix:%s/s:/x" % box, "tcp:127.0.0.1:%d" % page.server_address[1], "exec:true",
                "https://localhost:%d/" % secure.server_address[1],
            ):
                listener = Listener("-p", "web", url=good)
                listener.tick()
                listener.end()
                assert listener.said() == "", listener.said()
            Page.status = 404
            for bad, text in [
                ("unix:%s/s:/x" % box, "404"), ("unix:%s/none:/" % box, "cannot connect"),
                ("smtp:127.0.0.1:%d" % page.server_address[1], ""), ("https" + url[4:], "no TLS"),
                ("exec:kill $$", "SIGTERM"), ("exec:sleep 600", "not over within 0.5 s"),
            ]:
                mail = "%s/mail%s" % (box, len(text))
                listener = Listener(
                    "-t", "0.5", "-p", "web", "-m", "a@b", "-s", "cat >%s/mail" % box, url=bad)
                listener.tick()
                listener.end()
                mail = open(box + "/mail").read()
                assert "contacting " + bad + ":" in mail and text in mail, mail
            subprocess.run(["rm", "-rf", box], check=True)
            """#)
    }
}
