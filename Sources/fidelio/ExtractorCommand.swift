import ArgumentParser
import Canonical
import Datasets
import Extractors
import Storage

struct ExtractorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extractor", abstract: "Import networks that other people trained as feature extractors.",
        discussion: """
            Fidelio ships no such weights: bring the file. See docs/extractors.md.

            EXAMPLE
              fidelio extractor known
              fidelio extractor list
            """,
        subcommands: [
            ExtractorListCommand.self, ExtractorKnownCommand.self, ExtractorAddCommand.self, ExtractorShowCommand.self, ExtractorRemoveCommand.self,
        ])

    static let formats = "PyTorch (.pth, zip or older), TorchScript (.pt), safetensors, numpy (.npz), ONNX, and the TensorFlow graph of 2015-12-05 (.pb, .tgz)"
}

struct ExtractorListCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the imported extractors.",
        discussion: """
            EXAMPLE
              fidelio extractor list --json
            """)

    @OptionGroup var common: CommonOptions

    mutating func perform() async throws -> Int32 {
        common.list(
            ExtractorStore(storage: common.storageFolder.root).list(), header: ["NAME", "ENCODER", "FEATURES", "CLASSES", "FILE", "LICENSE"],
            empty: "No extractor has been imported; fidelio extractor known lists what can be.", json: \.json
        ) { record in
            [
                record.name, record.encoder, "\(record.dimension)", record.classes == 0 ? "-" : "\(record.classes)", record.provenance["file"]?.stringValue ?? "-",
                String(record.network.license.prefix(60)),
            ]
        }
        return 0
    }
}

struct ExtractorKnownCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "known", abstract: "List the networks that the program can build, and where their weights come from.",
        discussion: """
            EXAMPLE
              fidelio extractor known
            """)

    @OptionGroup var common: CommonOptions

    mutating func perform() async throws -> Int32 {
        common.list(NetworkManifest.known, header: ["NETWORK", "DIGEST", "FEATURES", "TITLE", "WEIGHTS"]) { network in
            var members = network.json.objectValue ?? [:]
            members["network_digest"] = .string(network.functionalDigest.hex)
            return .object(members)
        } row: { network in
            [network.name, network.functionalDigest.short, network.features, network.title, network.source]
        }
        return 0
    }
}

struct ExtractorAddCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Read a file of weights and store it as a feature extractor.",
        discussion: """
            Formats: \(ExtractorCommand.formats).
            Nothing in the file is executed. A tensor that does not fit is named with both shapes. Networks that the program does not know
            are described by a manifest (docs/extractors.md).

            EXAMPLE
              fidelio extractor add pytorch-fid --from pt_inception-2015-12-05-6726825d.pth
              fidelio extractor add clean --from inception-2015-12-05.tgz
              fidelio extractor add lpips-alex --from lpips-alex.pth --size 64
              fidelio extractor add mine --manifest network.json --from weights.safetensors --output pool5
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "A known network, or with --manifest the name of the extractor.") var network: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The file of weights.", valueName: "file")) var from: String
    @Option(parsing: .unconditional, help: ArgumentHelp("The manifest of the network.", valueName: "file")) var manifest: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The extractor's name (default: the network's).", valueName: "name")) var name: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Of a network of LPIPS, which reads images as they are: their size, HEIGHTxWIDTH or one number (default: 64).", valueName: "size")) var size: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The output whose values are the features, such as 768.", valueName: "name")) var output: String?

    mutating func perform() async throws -> Int32 {
        let storage = common.storageFolder
        var chosen: NetworkManifest
        if let manifest {
            chosen = try NetworkManifest(reading: InputFile.json(manifest))
        } else if let known = NetworkManifest.known(named: network) {
            chosen = known
        } else {
            throw CommandFailure(
                "the network \(network) is not known; known: \(NetworkManifest.known.map(\.name).joined(separator: ", ")); describe others with --manifest",
                code: CommandFailure.Code.badInput)
        }
        if let size {
            guard chosen.isPerceptual else { throw CommandFailure("--size applies to networks of LPIPS; \(chosen.name) has a size of its own", code: CommandFailure.Code.badInput) }
            guard let wanted = ImageRule.size(reading: size), wanted.height <= 2048, wanted.width <= 2048 else {
                throw CommandFailure("--size is \"\(size.prefix(40))\"; allowed: HEIGHTxWIDTH or one number, at most 2048", code: CommandFailure.Code.badInput)
            }
            chosen = chosen.reading(height: wanted.height, width: wanted.width)
        }
        try storage.create()
        let (record, unused): (ExtractorRecord, [String])
        do {
            (record, unused) = try ExtractorStore(storage: storage.root).add(chosen, from: from, name: name ?? (manifest == nil ? nil : network), output: output)
        } catch let error where error is NetworkError || error is FieldError {
            throw error
        } catch {
            throw CommandFailure("\(from): \(ErrorSentence.of(error))", code: CommandFailure.Code.badInput)
        }
        if common.json {
            Console.say(record.json)
            return 0
        }
        Console.say("\(record.name) is ready: \(record.dimension) features, use it with --encoder \(record.name) (\(record.encoder) in specifications)")
        Console.say("license: \(record.network.license)")
        if !unused.isEmpty { Console.remark("note: \(unused.count) tensors of the file are not used, such as \(unused.prefix(3).joined(separator: ", "))") }
        return 0
    }
}

struct ExtractorShowCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the manifest of an imported extractor or a known network.",
        discussion: """
            EXAMPLE
              fidelio extractor show pytorch-fid
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name of an imported extractor or a known network.") var name: String

    mutating func perform() async throws -> Int32 {
        if let record = ExtractorStore(storage: common.storageFolder.root).find(name) {
            Console.say(record.json)
        } else if let network = NetworkManifest.known(named: name) {
            Console.say(network.json)
        } else {
            throw CommandFailure("there is no extractor and no known network \(name)", code: CommandFailure.Code.badInput)
        }
        return 0
    }
}

struct ExtractorRemoveCommand: FidelioCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove an imported extractor. Results that were measured with it stay.",
        discussion: """
            EXAMPLE
              fidelio extractor remove mine
            """)

    @OptionGroup var common: CommonOptions
    @Argument(help: "The name of the extractor.") var name: String

    mutating func perform() async throws -> Int32 {
        try ExtractorStore(storage: common.storageFolder.root).remove(name)
        if !common.json { Console.say("removed \(name)") }
        return 0
    }
}
