import ArgumentParser
import Canonical
import Codecs
import Labs
import Storage

struct LabCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab", abstract: "Train a model in the plane and record what it does, frame by frame; or compute a recorded lab again.",
        discussion: """
            Without options, prints the default specification; any part of it may be given. Frames depend on the specification and the step alone. With --replay, computes every
            recorded frame of a lab of the storage again, from its root; exit code 2 if a byte differs.

            EXAMPLE
              fidelio lab
              fidelio lab --steps 400 --every 100 --output ring-lab --animation
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "A file with a specification (JSON), or - for standard input.") var specification: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The folder to write to.", valueName: "folder")) var output: String?
    @Option(parsing: .unconditional, help: "Updates to train, each of one network (default: 2000).") var steps: Int?
    @Option(parsing: .unconditional, help: "Updates between two frames (default: 50).") var every: Int?
    @Flag(help: "Also write each frame as PNG.") var pictures = false
    @Flag(help: "Also write all frames as animated PNG.") var animation = false
    @Option(parsing: .unconditional, help: ArgumentHelp("Compute this lab of the storage again and compare every byte.", valueName: "lab")) var replay: String?

    func validate() throws {
        if let output { try CommonOptions.checkFolder("--output", output) }
    }

    mutating func perform() async throws -> Int32 {
        if let replay {
            guard specification == nil, output == nil, steps == nil, every == nil, !pictures, !animation else { throw bad("--replay takes a lab alone, with --storage") }
            return try again(replay)
        }
        guard output != nil || specification != nil else {
            guard steps == nil, every == nil, !pictures, !animation else { throw bad("give --output") }
            Console.say(LabSpecification.standard.json)
            return 0
        }
        guard let output else { throw bad("give --output") }
        guard 1...LabBranch.mostSteps ~= steps ?? 1, 1...LabWorker.mostUpdates ~= every ?? 1 else {
            throw bad("--steps takes 1 to \(LabBranch.mostSteps), --every 1 to \(LabWorker.mostUpdates)")
        }
        let branch = LabBranch(try specification.map { try LabSpecification(reading: InputFile.json($0)) } ?? .standard)
        try OutputFolder.check(output)
        return try record(branch, in: output)
    }

    private func bad(_ sentence: String) -> CommandFailure { CommandFailure(sentence, code: CommandFailure.Code.badInput) }

    private func record(_ branch: LabBranch, in output: String) throws -> Int32 {
        try FileSystem.makeFolder(output)
        let trainer = try LabTrainer([branch]), last = steps ?? 2000, every = self.every ?? 50
        try trainer.advance(to: 0)
        let reference = trainer.reference()
        try AtomicFile.write(Array((branch.json.canonicalText + "\n").utf8), to: "\(output)/branch.json")
        try AtomicFile.write(reference.bytes, to: "\(output)/reference.frame")
        var line = ProgressLine(isQuiet: common.json), digests: [JSONValue] = [], images: [PixelImage] = [], table = Table(["STEP", "KL", "JS", "MODES"])
        func keep() throws {
            let frame = trainer.frame(), bytes = frame.bytes
            try AtomicFile.write(bytes, to: "\(output)/\(trainer.step).frame")
            digests.append(.object(["step": .count(trainer.step), "digest": .string(Digest.sha256(bytes).hex), "facts": .object(frame.facts)]))
            func number(_ name: String) -> String { frame.facts[name]?.numberValue.map { "\(($0 * 10_000).rounded() / 10_000)" } ?? "" }
            table.add(["\(trainer.step)", number("kl"), number("js"), frame.facts["modes"]?["soft"]?.integerValue.map { "\($0)" } ?? ""])
            guard pictures || animation else { return }
            let image = LabPicture.image(frame, reference: reference)
            if pictures { try AtomicFile.write(PNG.encode(image), to: "\(output)/\(trainer.step).png") }
            if animation { images.append(image) }
        }
        try keep()
        while trainer.step < last, trainer.diverged == nil {
            try trainer.advance(to: min(last, trainer.step + every))
            try keep()
            line.show("lab \(branch.id)  step \(trainer.step) of \(last)")
        }
        line.clear()
        if animation { try AtomicFile.write(AnimatedPNG.encode(images, milliseconds: 100), to: "\(output)/animation.png") }
        common.json ? Console.say(.object(["branch": .string(branch.id), "frames": .array(digests)])) : Console.say(table.text)
        guard let step = trainer.diverged else { return 0 }
        throw CommandFailure("\(LabError.diverged(step: step))", code: CommandFailure.Code.diverged)
    }

    /// Every recorded frame again, from the root of each branch.
    private func again(_ id: String) throws -> Int32 {
        let folder: LabFolder, branches: [LabBranch]
        do {
            folder = try LabFolder(id, in: common.storageFolder.labs)
            branches = try folder.branches()
        } catch let error as LabError {
            throw bad("\(error)")
        }
        var line = ProgressLine(isQuiet: common.json), compared = 0, different: [JSONValue] = []
        for branch in branches {
            let trainer = try LabTrainer(folder.chain(to: branch.id))
            for step in try folder.recorded(branch.id) {
                try trainer.advance(to: step)
                line.show("branch \(branch.id)  step \(step)")
                compared += 1
                if try FileSystem.read(folder.frame(branch.id, step: step)) != trainer.frame().bytes {
                    different.append(.object(["branch": .string(branch.id), "step": .count(step)]))
                }
            }
        }
        line.clear()
        let result: JSONValue = .object(["lab": .string(id), "branches": .count(branches.count), "frames": .count(compared), "different": .array(different)])
        common.json ? Console.say(result) : Console.say("\(compared) frames of \(branches.count) branches, \(different.count) different")
        return different.isEmpty ? 0 : CommandFailure.Code.different
    }
}
