import Canonical
import Foundation
import TestSupport
import Testing

/// Every example of README, docs, room READMEs, and `--help`, run exactly as shown, in its own folder with small data.
///
/// Placeholders for the reader's own data are replaced by the rules of `placeholders` only. Examples that would take minutes are
/// run on a terminal until they are visibly at work, and then receive the Ctrl-C that a person would press (`stopped`). Examples that cannot be run here are
/// listed with the reason (`apart`), and checked as far as possible.
@Suite("Documented examples", .serialized, .timeLimit(.minutes(15)))
struct ExampleTests {
    /// How an example ends.
    private enum Ending {
        /// With one of these exit codes.
        case whole([Int32])
        /// After Ctrl-C, with one of these, once its terminal shows this text.
        case stopped(shows: String, codes: [Int32])
        /// Not run, for this reason.
        case apart(String)
        /// Not run to its end, because the reader's own data is missing; rejected with 64 for that reason alone.
        case lacksData
    }

    /// The first matching prefix decides; all others must exit with 0.
    private static let endings: [(beginning: String, Ending)] = [
        ("make ", .apart("make builds, tests or measures the whole; the tests themselves are run by it")),
        ("python3 -m venv", .apart("fetches PyTorch")),
        ("python3 Benchmarks/", .apart("measures for minutes beside other software; its options are checked")),
        ("python3 make_models.py", .apart("needs PyTorch")),
        ("Tests/Fuzz/run", .apart("builds with the fuzzer; make test runs it")),
        ("swift ", .apart("builds the program")),
        ("python3 Tools/recompute/", .apart("needs PyTorch; make test-long runs it on every model")),
        ("fidelio worker ", .apart("is started by the server")),
        ("fidelio dataset add NAME --from PATH [", .apart("is a synopsis")),
        // The study of the bundle is here already.
        ("fidelio import study.zip", .whole([0])), ("fidelio verify study.zip", .whole([0])),
        ("fidelio export encoder", .apart("a ring has no encoder with weights; ExportTests write one of pictures")),
        ("fidelio enlarge", .apart("a ring has no low resolution; EnlargementTests and EnlargeCommandTests enlarge pictures")),
        ("fidelio export neighbors", .apart("a ring has no images; ExportTests find the neighbors of pictures")),
        ("fidelio export features", .apart("a ring has no encoder with weights; ExportTests make features of pictures")),
        // Texts whose digests are taken, in docs/reproduction.md.
        ("fidelio encoder: ", .apart("is the preimage of a digest")), ("fidelio archive 1", .apart("is the preimage of a digest")),
        ("fidelio images 1", .apart("is the preimage of a digest")), ("fidelio picture H W C", .apart("is the preimage of a digest")),
        ("fidelio dataset add fashion-mnist --download", .apart("needs the network, which no test reaches")),
        ("fidelio dataset add mnist", .lacksData), ("fidelio dataset add bsd-set5", .lacksData), ("fidelio dataset add orl-faces", .lacksData),
        ("fidelio serve", .stopped(shows: #"/\?token="#, codes: [0])),
        ("fidelio extractor add", .apart("needs weights of other people; ExtractorCommandTests import a network")),
        ("fidelio extractor remove", .apart("removes what ExtractorCommandTests import")),
        ("python3 -c \"import lpips", .apart("needs the weights of LPIPS")),
        ("fidelio fid", .apart("needs an imported network; ExtractorCommandTests run it")),
        ("fidelio metrics", .apart("needs an imported network; ExtractorCommandTests run it")),
        ("fidelio reference add", .apart("needs statistics of other people; ExtractorCommandTests import some")),
        ("fidelio reference remove", .apart("removes what ExtractorCommandTests import")),
        ("fidelio run ring.json", .stopped(shows: #"step [1-9]\d* of"#, codes: [75])),
        ("fidelio run spec", .stopped(shows: #"step [1-9]\d* of"#, codes: [75])),
        // The storage's own study of this plan has ended: the same plan is the same study.
        ("fidelio study plan.json --preview", .whole([0])), ("fidelio study plan.json", .whole([0])),
        ("fidelio queue", .whole([0])),
        ("fidelio study docs/small-study/polygons/", .stopped(shows: #"running .*of \d+ runs done"#, codes: [75])),
        ("fidelio study docs/", .lacksData),
        ("fidelio study --named", .stopped(shows: #"running .*of \d+ runs done"#, codes: [75])),
        ("fidelio study --reruns-of", .stopped(shows: #"[1-9]\d* of \d+ runs done"#, codes: [75])),
        ("fidelio experiment fid-floor --dataset ring", .whole([0])), ("fidelio experiment parzen-bandwidth", .whole([0])),
        ("fidelio lab lab.json", .apart("needs the reader's specification; LabServerTests record one")),
        ("fidelio lab --replay", .apart("needs a lab of a server; LabServerTests compute one again")),
        ("fidelio experiment", .stopped(shows: #"Training the feature extractor +\d+ %|[1-9]\d* %"#, codes: [-2, 130])),
        ("fidelio bench --list", .whole([0])), ("fidelio bench --help", .whole([0])),
        ("fidelio bench", .stopped(shows: "measuring ", codes: [-2, 130])),
        // The machine may have little free space, which is a finding.
        ("fidelio doctor", .whole([0, 1])),
    ]

    /// Not run, by their beginnings as they are written.
    private static let apartAsWritten = [
        ("fidelio queue 3f9c2a", "the desk's runs have ended; QueueCommandTests change a queued one"),
        ("fidelio queue RUN", "the desk's runs have ended; QueueCommandTests change a queued one"),
        ("fidelio queue ID", "the desk's runs have ended; QueueCommandTests change a queued one"),
        ("fidelio study plan.json --executor slurm:long", "needs a server with that executor; QueueControlTests ask for one"),
        ("fidelio gc 3f9c2a", "another example takes the rule of the desk's study away; RetentionCommandTests clean up by one"),
        ("fidelio trash --restore N", "nothing on the desk was deleted; TrashTests restore what was"),
        ("fidelio trash --remove N", "nothing on the desk was deleted; RetentionCommandTests remove by number"),
        ("fidelio serve --webhook URL", "needs an address that listens; WebhookTests tell one"),
        ("fidelio study --extend", "would lengthen a study that other examples use; QueueCommandTests extend one"),
        ("fidelio evaluate 3f9c2a --metrics psnr,lr_psnr", "a ring has no low resolution; EnlargeCommandTests evaluate at several temperatures"),
        ("fidelio evaluate RUN --metrics psnr,lr_psnr", "a ring has no low resolution; EnlargeCommandTests evaluate at several temperatures"),
        ("fidelio evaluate RUN --metrics lpips", "needs the weights of LPIPS; PerceptualMetricTests measure it"),
        ("fidelio evaluate RUN --encoder pytorch-fid", "needs Inception's weights; ImportedEncoderTests evaluate with an imported network"),
    ]

    /// Placeholders for the reader's own data. Rules for a specific command come first.
    private static func placeholders(_ example: Example, _ ids: [String: String], port: String) -> String {
        var text = example.text.replacing(".build/release/fidelio", with: "fidelio")
        let isOfStudies = ["fidelio report", "fidelio study", "fidelio export study", "fidelio retention", "fidelio gc"].contains { text.hasPrefix($0) }
        var rules: [(String, String)] = [
            ("8642", port), ("/path/to/mnist", "no-such-folder"), ("--from FOLDER", "--from no-such-folder"), ("~/Downloads/mnist", "no-such-folder"),
            ("/data/fidelio", "Storage"), ("/var/lib/fidelio", "Storage"), ("/backup/fidelio", "backup"), ("backup FOLDER", "backup backup"),
            ("--storage PATH", "--storage Storage"), ("/run/fidelio/http.sock", "$W/http.sock"),
            ("SPEC.json", "small.json"), ("specification.json", "small.json"), ("PLAN.json", "plan.json"),
            ("3f9c2a71b04d", ids["revision"] ?? ""), ("retention 3f9c2a --keep 400", "retention \(ids["run"] ?? "") --keep 4"), ("cancel 3f9c2a", "cancel \(ids["other"] ?? "")"), ("3f9c2a", ids[isOfStudies ? "study" : "run"] ?? ""), ("8b21d0", ids["other"] ?? ""),
            ("retention STUDY", "retention \(ids["study"] ?? "")"), ("retention RUN --keep STEP", "retention \(ids["run"] ?? "") --keep 4"),
            ("report STUDY", "report \(ids["study"] ?? "")"), ("--reruns-of STUDY", "--reruns-of \(ids["study"] ?? "")"), ("report NARROW", "report \(ids["other"] ?? "")"),
            ("--beside WIDE", "--beside \(ids["study"] ?? "")"), ("show RUN", "show \(ids["run"] ?? "")"), ("verify RUN", "verify \(ids["run"] ?? "")"), ("prove NOTEBOOK", "prove seeds-and-budgets"),
            ("--starter NAME", "--starter start-here"), ("notebook export NAME", "notebook export seeds-and-budgets"), ("FILE.ipynb", "analysis.ipynb"), ("evaluate RUN", "evaluate \(ids["run"] ?? "")"),
            ("checkpoint RUN", "checkpoint \(ids["run"] ?? "")"), ("samples RUN", "samples \(ids["run"] ?? "")"), ("protocols RUN", "protocols \(ids["run"] ?? "")"),
            ("export study STUDY", "export study \(ids["study"] ?? "")"), ("export notebook seeds-and-budgets", "export notebook seeds-and-budgets"), ("verify BUNDLE", "verify study.zip --runs 1"),
            ("label RUN", "label \(ids["run"] ?? "")"), ("delete RUN", "delete \(ids["run"] ?? "")"), ("cancel RUN", "cancel \(ids["other"] ?? "")"), ("export dataset NAME", "export dataset ring"), ("--step N", "--step 4"),
            // The run on the desk has 4 steps, and its data set is small.
            ("--step 24", "--step 4"), ("--step 25", "--step 4"), ("export dataset polygons", "export dataset ring"), ("--count N", "--count 4"),
            ("--output F.npz", "--output made.npz"), ("add NAME --from /dev/stdin < file.npz", "add piped --from /dev/stdin < digits.npz"),
            ("--output DIR", "--output report"), ("experiment NAME --dataset DATA", "experiment fid-floor --dataset ring"),
            ("experiment NAME --output", "experiment parzen-bandwidth --output"), ("extractor show NAME", "extractor show pytorch-fid"),
            // Small images generated by the test, under their own name.
            ("--dataset mnist", "--dataset digits"), ("member NAME", "member ada"),
        ]
        // A page refers to the plan next to it.
        if example.source.hasPrefix("docs/"), example.source.hasSuffix("README.md") { rules.append(("study plan.json", "study \(example.source.replacing("README.md", with: "plan.json"))")) }
        if text.hasPrefix("fidelio dataset add mnist") { rules.removeAll { $0.0 == "--dataset mnist" } }
        for (word, replacement) in rules { text = text.replacing(word, with: replacement) }
        return text
    }

    private static func ending(_ text: String) -> Ending {
        for (beginning, ending) in endings where text.hasPrefix(beginning) {
            if beginning == "fidelio run spec", !text.hasPrefix("fidelio run spec.json") { continue }
            return ending
        }
        return .whole([0])
    }

    /// Every subcommand, as the help lists them.
    private static func commands() async throws -> [[String]] {
        var found: [[String]] = [[]]
        var next = 0
        while next < found.count {
            let command = found[next]
            let help = try await Program.run(command + ["--help"])
            #expect(help.code == 0 && help.complaint.isEmpty)
            if let part = help.output.split(separator: "SUBCOMMANDS:").dropFirst().first {
                // After the empty line, the help is about help itself.
                let list = part.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().prefix { !$0.isEmpty }
                found += list.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
                    .map { command + [String($0.split(separator: " ")[0])] }
            }
            next += 1
        }
        return found
    }

    private static func all() async throws -> [Example] {
        var examples: [Example] = []
        for path in try Examples.documents() { examples += Examples.inMarkdown(try Sources.text(path), source: path) }
        for command in try await commands() {
            let help = try await Program.run(command + ["--help"])
            let found = Examples.inHelp(help.output, source: "fidelio " + (command + ["--help"]).joined(separator: " "))
            // Commands with subcommands are covered by those.
            if command.first != "member" { #expect(!found.isEmpty, "fidelio \(command.joined(separator: " ")) --help has no example") }
            examples += found
        }
        return examples
    }

    /// A folder in which the examples can be run: data, a storage with a run, two studies, and a member, and the files that they name.
    private static func desk() async throws -> (shell: Shell, ids: [String: String]) {
        let shell = try Shell()
        try shell.write("make.py", """
            import random, struct, zipfile, zlib, os
            random.seed(1)
            def npy(descr, shape, data):
                text = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (descr, shape)
                text += " " * ((64 - (10 + len(text) + 1) % 64) % 64) + chr(10)
                return b"\\x93NUMPY\\1\\0" + struct.pack("<H", len(text)) + text.encode() + data
            n = 9000
            with zipfile.ZipFile("digits.npz", "w", zipfile.ZIP_STORED) as z:
                z.writestr("images.npy", npy("|u1", (n, 28, 28), random.randbytes(n * 784))); z.writestr("labels.npy", npy("|u1", (n,), bytes(i % 10 for i in range(n))))
            def png():
                raw = b"".join(b"\\0" + random.randbytes(72 * 3) for _ in range(80))
                chunk = lambda t, d: struct.pack(">I", len(d)) + t + d + struct.pack(">I", zlib.crc32(t + d))
                return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 72, 80, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
            for kind in ("rose", "tulip"):
                os.makedirs("flowers/" + kind)
                for i in range(8): open("flowers/%s/%d.png" % (kind, i), "wb").write(png())
            """)
        // Runs a command on a terminal, presses Ctrl-C once it shows the expected text, and reports the exit.
        try shell.write("watch.py", #"""
            import os, pty, re, select, signal, sys, time
            pattern, command = re.compile(sys.argv[1].encode()), sys.argv[2]
            pid, terminal = pty.fork()
            if pid == 0: os.execvp("bash", ["bash", "-c", command])
            seen, shown, end = b"", False, time.monotonic() + 150
            while time.monotonic() < end:
                if select.select([terminal], [], [], 0.2)[0]:
                    try: piece = os.read(terminal, 65536)
                    except OSError: break
                    if not piece: break
                    seen += piece
                    if not shown and pattern.search(seen):
                        shown, end = True, time.monotonic() + 60
                        os.write(terminal, b"\x03")
            else: os.kill(pid, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            print("shown" if shown else "not shown", status); sys.stdout.flush(); os.write(1, seen[-2000:])
            """#)
        let rest = #""steps":4,"batch_size":16,"sample_every":4,"checkpoint_every":4,"evaluation":{"every":4,"samples":256}"#
        try shell.write("small.json", #"{"model":"wgan","dataset":"ring",\#(rest)}"#)
        let plan = #"{"name":"NAME","dataset":"ring","models":["ns-gan","wgan"],"protocol":{"kind":"KIND","settings":2,"search_seed":1},"seeds":2,\#(rest)}"#
        try shell.write("plan.json", plan.replacing("NAME", with: "small").replacing("KIND", with: "wide"))
        try shell.write("narrow.json", plan.replacing("NAME", with: "other").replacing("KIND", with: "narrow"))
        // A notebook that cites the runs of the study.
        try shell.write("seeds.md", "---\nfidelio: notebook\nversion: 1\ntitle: Seeds and budgets\n---\n\nThere are {{ count(study = \"small\") }} runs.\n")
        try shell.write(
            "analysis.ipynb", #"{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[{"id":"a","cell_type":"markdown","metadata":{},"source":"A text."}]}"#)
        try shell.write("password.txt", "correct horse battery\n")
        // A specification that a page shows as a block.
        let ring = try Sources.text("docs/experiments/README.md").split(separator: "\n").drop { !$0.hasPrefix("    {\"model\"") }.prefix { $0.hasPrefix("    ") }
        try shell.write("ring.json", ring.joined(separator: "\n"))
        let made = try await shell.run("""
            unset FIDELIO_STORAGE; export HOME=$W; python3 make.py && fidelio dataset add digits --from digits.npz > /dev/null && fidelio member add ada > /dev/null 2>&1
            cp -r "\(Sources.root.path)/docs" docs; fidelio run small.json --json; fidelio study plan.json --json; fidelio study narrow.json --json
            fidelio notebook import seeds.md > /dev/null; fidelio notebook revisions seeds-and-budgets --json
            """, within: 200)
        let lines = try made.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lines.count == 4, "\(made)")
        let ids = [
            "run": lines.first?["id"]?.stringValue, "study": lines.dropFirst().first?["study"]?["id"]?.stringValue, "other": lines.dropFirst(2).first?["study"]?["id"]?.stringValue,
            "revision": lines.last?["revisions"]?[0]?["digest"]?.stringValue,
        ]
        return (shell, ids.compactMapValues { $0 })
    }

    @Test func everyExampleWorks() async throws {
        let (shell, ids) = try await Self.desk()
        #expect(ids.count == 4)
        let examples = try await Self.all()
        #expect(examples.count > 60, "\(examples.count)")
        var done: Set<String> = []
        for example in examples {
            let port = String(try Self.freePort())
            let text = Self.placeholders(example, ids, port: port)
            let kind = Self.apartAsWritten.first { example.text.hasPrefix($0.0) }.map { Ending.apart($0.1) } ?? Self.ending(text)
            // A repeated command is run once.
            guard done.insert(text.replacing(port, with: "PORT")).inserted else { continue }
            var head = "unset FIDELIO_STORAGE; export HOME=$W\n"
            if text.hasPrefix("fidelio member add ada") { head += "fidelio member remove ada > /dev/null 2>&1\n" }
            switch kind {
            case .apart(let reason):
                #expect(!reason.isEmpty)
                try await Self.check(apart: text, example)
            case .lacksData:
                let outcome = try await shell.run(head + text)
                #expect(outcome.status == 64 && (outcome.errors.contains("no-such-folder") || outcome.errors.contains("has not been added yet") || outcome.errors.contains("bsd-set5") || outcome.errors.contains("orl-faces")), "\(example): \(outcome)")
            case .whole(let codes):
                let outcome = try await Self.needsServer(text) ? Self.besideServer(shell, text, port) : shell.run(head + text, within: 200)
                #expect(codes.contains(outcome.status), "\(example)\n\(text)\n\(outcome)")
            case .stopped(let shows, let codes):
                try shell.write("command", text)
                let outcome = try await shell.run(head + "python3 watch.py '\(shows)' \"$(cat command)\"", within: 260)
                let words = outcome.output.split(separator: "\n").first?.split(separator: " ") ?? []
                let status = words.last.flatMap { Int32($0) }
                #expect(words.first == "shown" && status.map(codes.contains) == true, "\(example)\n\(text)\n\(outcome.output)\(outcome.errors)")
            }
        }
    }

    /// Commands that use a server, and calls of its API.
    private static func needsServer(_ text: String) -> Bool { text.hasPrefix("fidelio link") || text.contains("curl ") }

    private static func besideServer(_ shell: Shell, _ text: String, _ port: String) async throws -> Tool.Outcome {
        try shell.write("command", text)
        return try await shell.run("""
            unset FIDELIO_STORAGE; export HOME=$W
            fidelio serve --port \(port) --no-browser > serve.out 2>&1 & server=$!
            for i in $(seq 600); do [ -s Storage/server.json ] && break; sleep 0.1; done
            set -e; trap 'kill $server; wait $server' EXIT; curl() { command curl --fail-with-body -sS "$@"; }; . ./command
            """)
    }

    /// Checks without running it: the script exists and has the options.
    private static func check(apart text: String, _ example: Example) async throws {
        let words = text.split(separator: " ").map(String.init)
        guard words.count > 1, words[0] == "python3", ["Benchmarks/", "Tools/"].contains(where: words[1].hasPrefix) else { return }
        let help = try await Tool.finish("python3", [Sources.root.appendingPathComponent(words[1]).path, "--help"])
        #expect(help.status == 0, "\(example): \(help)")
        for option in words where option.hasPrefix("--") { #expect(help.output.contains(option), "\(example): \(option)") }
    }

    private static func freePort() throws -> Int {
        let outcome = try Tool.python("import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])")
        return try #require(Int(outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// JSON in documents can be parsed.
    @Test func everyBlockOfJSONIsRead() throws {
        for path in try Examples.documents() {
            let text = try Sources.text(path)
            for match in text.matches(of: /```json\n([^`]*)```/) {
                let block = String(match.1)
                #expect(throws: Never.self, "\(path): \(block)") { try JSONValue(parsing: block.hasPrefix("\"") ? "{\(block)}" : block) }
            }
        }
    }

    /// The root's help lists every command, and README and the table of exit codes agree with the program.
    @Test func commandsAndCodesAreDocumented() async throws {
        let page = try Sources.text("docs/command-line.md")
        let readme = try Sources.text("README.md")
        let root = try await Program.run("--help").output
        for command in try await Self.commands() where command.count == 1 && command != ["help"] {
            #expect(page.contains("`\(command[0])`"), "docs/command-line.md tells nothing of \(command[0])")
            #expect(readme.contains("fidelio \(command[0])") || readme.contains("/ \(command[0])"), "README.md tells nothing of \(command[0])")
            #expect(root.contains("  \(command[0]) "))
        }
        let rows = Set(page.matches(of: /\n\| (\d+) \|/).compactMap { Int32($0.1) })
        let code = try Sources.text("Sources/fidelio/CommandFailure.swift") + Sources.text("Sources/Training/TrainingOutcome.swift")
        let values = Set(code.matches(of: /static let \w+: Int32 = (\d+)/).compactMap { Int32($0.1) })
        #expect(values.isSuperset(of: [1, 2, 42, 64, 69, 74, 75, 141]) && rows == values.union([0]), "\(rows.sorted()) in the table, \(values.sorted()) in the program")
        for value in [0, 1, 2, 42, 64, 69, 74, 75, 141] { #expect(root.contains(" \(value) "), "\(value)") }
    }
}
