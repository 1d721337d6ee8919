import Canonical
import Foundation
import TestSupport
import Testing

/// User input: by a file, a pipe, standard input, and as values of options.
@Suite("Input of commands")
struct InputTests {
    private static let specification = #"{"model":"ns-gan","dataset":"ring","steps":1}"#
    private static let plan = #"{"name":"p","dataset":"ring","models":["ns-gan"],"steps":1,"protocol":{"kind":"single"},"seeds":1}"#

    /// A file, a pipe by each of its names, and a named pipe give the same result.
    @Test func everyKindOfFileIsRead() async throws {
        let shell = try Shell()
        try shell.write("s.json", Self.specification)
        try shell.write("p.json", Self.plan)
        let expected = try await shell.run("fidelio step-plan s.json --json").output
        #expect(expected.contains(#""kind":"sampling""#))
        for way in [
            "fidelio step-plan - --json < s.json", "cat s.json | fidelio step-plan - --json", "cat s.json | fidelio step-plan /dev/stdin --json",
            "fidelio step-plan <(cat s.json) --json", "fidelio step-plan /dev/fd/3 --json 3< s.json", "fidelio step-plan /proc/self/fd/0 --json < s.json",
            "mkfifo f; (sleep 0.2; cat s.json > f) & fidelio step-plan f --json", "ln -s s.json l; fidelio step-plan l --json",
            // In pieces, and through a nonblocking pipe.
            "(head -c 10 s.json; sleep 0.2; tail -c +11 s.json) | fidelio step-plan - --json",
            """
            python3 -c 'import os,subprocess,threading,time
            r,w=os.pipe(); os.set_blocking(r,False); p=subprocess.Popen(["fidelio","step-plan","-","--json"],stdin=r,stdout=1); os.close(r)
            time.sleep(0.3); os.write(w,open("s.json","rb").read()); os.close(w); p.wait()'
            """,
        ] {
            let outcome = try await shell.run(way)
            #expect(outcome.status == 0 && outcome.output == expected, "\(way): \(outcome.errors)")
        }
        let printed = try await shell.run("fidelio study p.json --print-plan").output
        #expect(printed.contains(#""name": "p""#))
        #expect(try await shell.run("fidelio study <(cat p.json) --print-plan").output == printed)
        #expect(try await shell.run("fidelio study /dev/stdin --print-plan < p.json").output == printed)
    }

    @Test(arguments: [
        ("fidelio run - < /", "standard input is a folder"), ("fidelio run - <&-", "standard input is closed"), ("fidelio run /", "/ is a folder"),
        ("fidelio step-plan - < /dev/null", "standard input is empty"), ("fidelio study - <&-", "standard input is closed"),
        ("fidelio study - < /", "standard input is a folder"), ("fidelio step-plan - <&-", "standard input is closed"),
        ("fidelio step-plan - < /dev/zero", "exceeds the limit of 1048576 bytes"), ("fidelio run /dev/zero", "exceeds the limit of 1048576 bytes"),
        ("yes | fidelio run -", "exceeds the limit of 1048576 bytes"), ("touch e; fidelio run e", "e is empty"),
        ("fidelio member password ada < /dev/zero", "exceeds the limit of 4096 bytes"), ("fidelio member password ada < /", "standard input is a folder"),
        ("fidelio member password ada <&-", "standard input is closed"), ("printf '\\xff\\n' | fidelio member password ada", "not UTF-8"),
    ])
    func whatCannotBeReadIsSaid(script: String, problem: String) async throws {
        let outcome = try await Shell().run("ulimit -v 4000000; " + script)
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
        #expect(outcome.errors.hasPrefix("fidelio: ") && outcome.errors.contains(problem) && outcome.errors.count(where: \.isNewline) == 1, "\(outcome.errors)")
    }

    /// Files written by editors of other systems: UTF-8's byte order mark is skipped, other encodings are reported.
    @Test func encodings() async throws {
        let shell = try Shell()
        try shell.write("s.json", Self.specification)
        try shell.write("bom.json", [0xEF, 0xBB, 0xBF] + Array(Self.specification.replacing(",", with: ",\r\n").utf8))
        let expected = try await shell.run("fidelio step-plan s.json --json").output
        #expect(try await shell.run("fidelio step-plan bom.json --json").output == expected)
        #expect(try await shell.run("fidelio step-plan - --json < bom.json").output == expected)
        let (little, big) = (Self.specification.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, Self.specification.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
        let wide = Self.specification.unicodeScalars.flatMap { [UInt8($0.value & 255), 0, 0, 0] }
        for (bytes, name) in [
            ([0xFF, 0xFE] + little, "UTF-16"), (little, "UTF-16"), ([0xFE, 0xFF] + big, "UTF-16"), (big, "UTF-16"), ([0xFF, 0xFE, 0, 0] + wide, "UTF-32"), (wide, "UTF-32"),
        ] {
            try shell.write("u.json", bytes)
            let outcome = try await shell.run("fidelio step-plan u.json")
            #expect(outcome.status == 64 && outcome.errors.contains("the text is \(name); JSON must be UTF-8"), "\(outcome)")
        }
    }

    /// A password is the text of the first line, without byte order mark and line end.
    @Test func aPasswordFile() async throws {
        let shell = try Shell()
        try shell.write("windows.txt", [0xEF, 0xBB, 0xBF] + Array("correct horse battery\r\nnot this\r\n".utf8))
        try shell.write("utf16.txt", [0xFF, 0xFE, 0x61, 0])
        #expect(try await shell.run("fidelio member add ada --role owner").status == 0)
        let outcome = try await shell.run("fidelio member password ada < windows.txt")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(try await shell.run("fidelio member password ada < utf16.txt").errors.contains("standard input is UTF-16"))
        // Signing in works with the intended password.
        let server = try await ServingProgram(storage: shell.folder.path("storage"))
        let url = try #require(server.announcement["url"]?.stringValue)
        let signed = try await Tool.finish(
            "curl", ["-sS", "--max-time", "60", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Origin: \(url)", "--data-urlencode", "name=ada", "--data-urlencode", "password=correct horse battery", url + "/sign-in"])
        #expect(signed.output == "303", "\(signed)")
        #expect(try await server.end(SIGTERM) == 0)
    }

    /// A value is a value, whatever its first character.
    @Test(arguments: [
        ("runs --order-by -fid", 0, ""), ("runs --order-by '-fid,model'", 0, ""), ("runs --filter ''", 0, ""), ("runs --order-by ''", 0, ""), ("runs --filter=", 0, ""),
        ("runs --filter -x", 64, "filter: '-' is not a number"), ("runs --limit -5", 64, "limit: -5 is not in 1...1000"), ("show -- -x", 64, "there is no run -x"),
        ("dataset add t --from -x", 64, "-x"), ("dataset add t --from . --crop -3", 64, "--crop is \"-3\""), ("serve --port -1", 64, "--port -1 is not in"),
        ("study --named -x", 64, "there is no plan -x"), ("study --reruns-of -x", 64, "there is no study -x"), ("link --member -ada", 69, "no server is running on"),
        ("runs --storage --json", 64, "--storage requires a folder, but is followed by --json"), ("report x --output --json", 64, "--output requires a folder"),
        ("member add ada --role -x", 64, "role: "), ("verify x --threads -1", 64, "there is no run x"),
    ] as [(String, Int32, String)])
    func valuesThatBeginWithADash(arguments: String, code: Int32, words: String) async throws {
        let shell = try Shell()
        #expect(try await shell.run("fidelio member list").status == 0)
        let outcome = try await shell.run("fidelio " + arguments)
        #expect(outcome.status == code && (words.isEmpty || outcome.errors.contains(words)), "\(outcome)")
    }

    /// The underlying rule: no option stops at a dash.
    @Test func everyOptionTakesItsValueUnconditionally() throws {
        var options = 0
        for (file, code) in try Sources.swift(under: "Sources/fidelio") {
            for match in code.matches(of: /@Option\(([^\n]*\n?[^\n]*)/) {
                options += 1
                #expect(match.1.contains("parsing: .unconditional"), "\(file): \(match.0)")
            }
        }
        #expect(options > 40)
    }

    @Test(arguments: [
        "runs --storage ''", "runs --storage=", "show ''", "cancel ''", "verify ''", "run ''", "backup ''", "report x --output ''", "report '' --output o",
        "report x --output o --beside ''", "experiment '' --dataset ring --output o", "experiment fid-floor --dataset '' --output o", "link --member ''",
        "experiment fid-floor --dataset ring --output ''", "dataset add '' --from x", "dataset add t --from ''", "dataset add t --from x --title ''",
        "serve --public ''", "serve --host ''", "serve --access-log ''", "serve --allow-host ''", "serve --listen ''", "study ''", "study --named ''",
        "study --reruns-of ''", "study --named wide --models ''", "member add ''", "member remove ''", "step-plan ''", "verify x --kernels ''", "''",
    ])
    func anEmptyValueIsRefused(arguments: String) async throws {
        let shell = try Shell()
        let outcome = try await shell.run("fidelio " + arguments)
        #expect(outcome.status == 64 && (outcome.errors.contains("empty value") || outcome.errors.contains("is empty")), "\(outcome)")
        #expect(try shell.folder.names() == [])
    }

    @Test func anEmptyVariableIsRefused() async throws {
        let outcome = try await Shell().run("export FIDELIO_STORAGE=; fidelio runs")
        #expect(outcome.status == 64 && outcome.errors.contains("FIDELIO_STORAGE is empty"), "\(outcome)")
    }

    /// An option without effect is an error that names it.
    @Test(arguments: [
        ("study p.json --steps 5", "--steps"), ("study p.json --dataset ring", "--dataset"), ("study p.json --models wgan", "--models"), ("study p.json --seeds 3", "--seeds"),
        ("study p.json --settings 3", "--settings"), ("study p.json --width 1", "--width"), ("study p.json --batch-size 3", "--batch-size"),
        ("study p.json --selection final", "--selection"), ("study --named wide --selection best", "--selection"), ("study --reruns-of x --steps 3", "--steps"),
        ("study --named defaults --settings 5", "--settings"), ("study --names --named wide", "--names"), ("study p.json --names", "--names"),
        ("study p.json --preview --print-plan", "--print-plan"), ("study p.json --detach --workers 2", "--workers"), ("study p.json --preview --workers 2", "--workers"),
        ("study p.json --workers 0", "--workers"), ("experiment --dataset ring", "--dataset"), ("experiment --draws 3", "--draws"),
        ("experiment fid-floor --dataset ring --output o --foreign grid", "--foreign"), ("experiment replay --dataset ring --output o --second-encoder vgg", "--second-encoder"),
        ("experiment encoder-agreement --dataset ring --output o --draws 5", "--draws"), ("bench --list --only adam", "--only"), ("bench pair --threads 2", "--threads"),
        ("dataset add mnist --from x --title t", "mnist"),
    ])
    func anOptionWithoutEffectIsAnError(arguments: String, option: String) async throws {
        let shell = try Shell()
        try shell.write("p.json", Self.plan)
        let outcome = try await shell.run("fidelio " + arguments)
        #expect(outcome.status == 64 && outcome.output.isEmpty && outcome.errors.contains(option), "\(outcome)")
    }
}

/// The repository's own files, for tests of rules about them.
enum Sources {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String { try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) }

    static func files(under folder: String, ending: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root.appendingPathComponent(folder).path).filter { $0.hasSuffix(ending) }.sorted().map { "\(folder)/\($0)" }
    }

    static func swift(under folder: String) throws -> [(path: String, code: String)] {
        try files(under: folder, ending: ".swift").map { ($0, try text($0)) }
    }
}
