import Canonical
import Foundation
import TestSupport
import Testing

/// Output of commands: complete or an error, and never with active control characters.
@Suite("Output of commands")
struct OutputTests {
    private static let specification = #"{"model":"ns-gan","dataset":"ring","steps":1}"#

    /// A full disk, or a standard output that is closed or not writable: reported, with exit code 74.
    @Test(arguments: [
        ("fidelio step-plan s.json > /dev/full", "No space left on device"), ("fidelio step-plan s.json --json > /dev/full", "No space left on device"),
        ("fidelio --help > /dev/full", "No space left on device"), ("fidelio runs --help > /dev/full", "No space left on device"),
        ("fidelio --version > /dev/full", "No space left on device"), ("fidelio dataset list > /dev/full", "No space left on device"),
        ("fidelio study --names > /dev/full", "No space left on device"), ("fidelio step-plan s.json >&-", "Bad file descriptor"),
        ("fidelio dataset list 1< s.json", "Bad file descriptor"),
    ])
    func lostOutputIsAnError(script: String, reason: String) async throws {
        let shell = try Shell()
        try shell.write("s.json", Self.specification)
        let outcome = try await shell.run(script)
        #expect(outcome.status == 74 && outcome.errors == "fidelio: standard output cannot be written: \(reason)\n", "\(outcome)")
    }

    /// A failed command keeps its own code, as does one whose error messages cannot be written.
    @Test(arguments: [("fidelio runs --filter x > /dev/full", 64), ("fidelio run /nonexistent 2> /dev/full", 64), ("fidelio fly 2>&-", 64), ("fidelio runs 2>&- >&- <&-", 69)])
    func theFirstErrorCounts(script: String, code: Int32) async throws {
        #expect(try await Shell().run(script).status == code)
    }

    /// A reader that goes away is not an error: no message, and the status of SIGPIPE.
    @Test func aReaderThatGoesAway() async throws {
        let shell = try Shell()
        try shell.write("s.json", Self.specification)
        let gone = """
            import os, subprocess, sys
            r, w = os.pipe(); os.close(r)
            p = subprocess.run(sys.argv[1:], stdout=w, stderr=subprocess.PIPE, restore_signals=False)
            print(p.returncode, p.stderr)
            """
        try shell.write("gone.py", gone)
        for command in ["step-plan s.json", "--help", "dataset list --json"] {
            let outcome = try await shell.run("python3 gone.py fidelio \(command)")
            #expect(outcome.output == "141 b''\n", "\(command): \(outcome)")
        }
    }

    /// A nonblocking pipe with a slow reader: every byte arrives.
    @Test func aPipeThatNeverBlocks() async throws {
        let shell = try Shell()
        try shell.write("s.json", Self.specification)
        try shell.write("slow.py", """
            import fcntl, os, subprocess, sys, time
            r, w = os.pipe(); fcntl.fcntl(w, 1031, 4096); os.set_blocking(w, False)
            p = subprocess.Popen(sys.argv[1:], stdout=w); os.close(w); data = b""
            time.sleep(0.5)
            while True:
                piece = os.read(r, 1000)
                if not piece: break
                data += piece
            sys.stdout.buffer.write(data); sys.exit(p.wait())
            """)
        let expected = try await shell.run("fidelio step-plan s.json; fidelio step-plan s.json --json").output
        #expect(expected.utf8.count > 12_000)
        let outcome = try await shell.run("python3 slow.py fidelio step-plan s.json && python3 slow.py fidelio step-plan s.json --json")
        #expect(outcome.status == 0 && outcome.output == expected, "\(outcome.output.utf8.count) of \(expected.utf8.count) bytes, \(outcome.errors)")
    }

    /// Started without standard streams, no file or socket of the program gets their descriptors.
    @Test(arguments: ["0<&- 1>&- 2>&-", "0<&-", "1>&-", "2>&-", "0<&- 2>&-"])
    func closedStreamsAreNotReused(closed: String) async throws {
        let shell = try Shell()
        let outcome = try await shell.run("""
            exec 9>&1 8>&2
            (exec \(closed); exec fidelio serve --port 0 --no-browser 9>&- 8>&-) > serve.out 2> serve.err & server=$!
            for i in $(seq 600); do [ -s storage/server.json ] && break; sleep 0.1; done
            for d in 0 1 2; do readlink /proc/$server/fd/$d; done
            fidelio link > /dev/null || echo "no link"
            kill $server; wait $server; echo "exit $?"
            """)
        var expected = ["/dev/null", shell.folder.path("serve.out"), shell.folder.path("serve.err")]
        for (number, word) in ["0<&-", "1>&-", "2>&-"].enumerated() where closed.contains(word) { expected[number] = "/dev/null" }
        #expect(outcome.output.split(separator: "\n").map(String.init) == expected + ["exit 0"], "\(outcome)")
    }

    /// Control characters in names, titles, and messages reach no terminal.
    @Test func controlCharactersAreWritten() async throws {
        let shell = try Shell()
        let arguments = [
            "fidelio $'fly\\e[2J'", "fidelio run $'no\\e[2J\\r\\nfidelio: all is well'", "fidelio runs --filter $'x\\e]0;t\\a'", "fidelio study --named $'\\e[31m'",
            "fidelio dataset add t --from $'\\e[2J'", "fidelio show $'\\e[2J\\x7f'",
            "fidelio runs --storage $'\\e[2J'", "fidelio step-plan - <<< '{\"model\":\"\\u001b[2J\\u009b\\u202e\",\"dataset\":\"ring\",\"steps\":1}'",
        ]
        _ = try await shell.run("fidelio member list")
        for script in arguments {
            let outcome = try await shell.run(script)
            #expect(outcome.status != 0 && outcome.status < 128 && outcome.output.isEmpty, "\(script): \(outcome)")
            // A path is printed byte by byte.
            #expect(outcome.errors.contains("\\u001b") || outcome.errors.contains("\\x1B"), "\(script): \(outcome.errors)")
            #expect(Self.obeyed(outcome.errors) == [], "\(script): \(outcome.errors)")
            if outcome.errors.hasPrefix("fidelio: ") { #expect(outcome.errors.count(where: \.isNewline) == 1, "\(outcome.errors)") }
        }
    }

    /// Stored texts that are displayed later are rejected if they contain them.
    @Test(arguments: [
        (#"dataset add t --from d.npz --title $'x\e[2Jy\nz'"#, "the title cannot be used: it contains a control character"),
        (#"dataset add t --from d.npz --title $'\t'"#, "the title cannot be used"), (#"member add $'x\e[2J'"#, "contains a control character"),
        (#"study - <<< '{"name":"x\u001b[2J","dataset":"ring","models":["wgan"],"steps":1,"protocol":{"kind":"single"}}'"#, "name: must not contain control characters"),
    ])
    func controlCharactersAreRefused(arguments: String, words: String) async throws {
        let outcome = try await Shell().run("touch d.npz; fidelio " + arguments)
        #expect(outcome.status == 64 && outcome.errors.contains(words), "\(outcome)")
    }

    /// A record with such a text, written by another program: escaped in tables and JSON, whose value stays the same.
    @Test func titlesOfRecordsAreEscaped() async throws {
        let shell = try Shell()
        let made = try await shell.run("""
            python3 - <<'END'
            import zipfile, struct, os
            n = 600
            text = "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 8, 8), }" % n
            text += " " * ((64 - (10 + len(text) + 1) % 64) % 64) + chr(10)
            with zipfile.ZipFile("d.npz", "w") as z: z.writestr("images.npy", b"\\x93NUMPY\\1\\0" + struct.pack("<H", len(text)) + text.encode() + os.urandom(n * 64))
            END
            fidelio dataset add t --from d.npz --title TITLE && sed -i 's/TITLE/a\\\\u001b[2J\\\\nb\\\\u009b\\\\u202ec/' $(grep -rl TITLE storage/datasets)
            """)
        #expect(made.status == 0, "\(made)")
        let table = try await shell.run("fidelio dataset list")
        let row = table.output.split(separator: "\n").first { $0.hasPrefix("t ") } ?? ""
        #expect(row.hasSuffix(#"a\u001b[2J\u000ab\u009b\u202ec"#) && Self.obeyed(table.output) == [], "\(table)")
        let json = try await shell.run("fidelio dataset list --json")
        #expect(Self.obeyed(json.output) == [])
        let list = try JSONValue(parsing: json.output.trimmingCharacters(in: .whitespacesAndNewlines)).arrayValue ?? []
        #expect(list.first { $0["name"] == "t" }?["title"] == "a\u{1b}[2J\nb\u{9b}\u{202e}c")
    }

    /// Characters that a terminal interprets, except line feeds.
    private static func obeyed(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.filter { ($0.value < 32 && $0 != "\n") || (0x7F...0x9F).contains($0.value) || (0x202A...0x202E).contains($0.value) }
    }

    /// System errors are reported as a sentence with the reason, and their exit code.
    @Test(arguments: [
        ("touch f; fidelio serve --storage f --port 0 --no-browser", 69, "a file of this name exists"), ("touch f; fidelio runs --storage f", 69, ""),
        ("touch f; fidelio run s.json --storage f", 69, "a file of this name exists"), ("touch f; fidelio serve --storage f/g --port 0 --no-browser", 69, "Not a directory"),
        ("fidelio serve --storage /proc/none --port 0 --no-browser", 69, "No such file or directory"),
        ("touch f; fidelio member list; fidelio backup f", 69, "a file of this name exists"), ("touch f; fidelio dataset add t --from s.json --storage f", 69, "a file of this name exists"),
        ("touch f; fidelio experiment fid-floor --dataset ring --samples 300 --draws 2 --output f", 1, "a file of this name exists"),
    ] as [(String, Int32, String)])
    func theSystemsRefusalsAreSentences(script: String, code: Int32, words: String) async throws {
        let shell = try Shell()
        try shell.write("s.json", Self.specification)
        let outcome = try await shell.run(script + " > /dev/null")
        #expect(outcome.status == code, "\(outcome)")
        let line = outcome.errors.split(separator: "\n").last ?? ""
        #expect(line.hasPrefix("fidelio: ") && (words.isEmpty || line.contains(words)), "\(outcome.errors)")
        for dump in ["Error Domain", "NSCocoa", "UserInfo", "CocoaError", "NSURL"] { #expect(!outcome.errors.contains(dump), "\(outcome.errors)") }
    }

    /// The underlying rule: Foundation's own error texts are never used.
    @Test func foundationsWordsAreNotUsed() throws {
        for (file, code) in try Sources.swift(under: "Sources") {
            #expect(!code.contains("localizedDescription"), "\(file): ErrorSentence.of says what went wrong")
            if file.hasPrefix("Sources/fidelio/") {
                #expect(file.hasSuffix("Console.swift") || !code.contains("print("), "\(file): Console prints")
                #expect(!code.contains("FileHandle.standard") || file.hasSuffix("ServeCommand.swift"), "\(file): Console and InputFile have the standard streams")
            }
        }
    }
}
