import Canonical
import Catalog
import Datasets
import Dispatch
import Execution
import HTTPServer
import HTTPTypes
import Training

extension API {
    func addDatasets(to routes: inout RouteTable) {
        routes.add(Route(.get, "/datasets", "Lists all data sets, including built-in ones that have not been added yet.", needs: .viewer, load: .reading, answers: [.json(.array(.dataset))])) {
            _, _ in .json(.array(planner.datasets.list().map { DatasetJSON.status($0, in: planner.datasets) }))
        }
        routes.add(Route(
            .get, "/extractors", "Lists imported feature extractors with their provenance, the networks that can be imported, and imported reference statistics.", needs: .viewer, load: .reading,
            answers: [.json(.extractors)])
        ) { _, _ in
            let storage = FileSystem.folder(of: planner.datasets.root)
            return .json([
                "imported": .array(ImportedNetworks.extractors(storage: storage)), "known": .array(ImportedNetworks.known), "references": .array(ImportedNetworks.references(storage: storage)),
            ])
        }
        routes.add(
            Route(
                .post, "/datasets", "Adds a data set from a folder on the server.", needs: .owner,
                body: .json(.datasetRequest), takesKey: true,
                answers: [.json(.dataset, status: .created), .json(.dataset, "The data set that an earlier request with this key added.")], problems: [.insufficientStorage])
        ) { request, _ in try await addDataset(request) }
    }

    /// Adds files of this machine to the store, under a custom name if the program does not know it; only for the owner, because it can read
    /// whatever the server can.
    private func addDataset(_ request: Request) async throws -> Response {
        let (value, digest) = try await request.json()
        var fields = try FieldReader(value)
        let name = try fields.string("name")
        let folder = try fields.string("from")
        let options = try OwnDatasetOptions(&fields)
        try fields.finish()
        let datasets = planner.datasets
        let key = try request.idempotencyKey(route: "datasets", digest: digest)
        if let key, let kept = try await catalog.read({ try $0.submission(route: key.route, key: key.key) }) {
            guard kept.requestDigest == digest else { throw WorkbenchError.keyReused(key.key) }
            if let known = datasets.list().first(where: { $0.description.name == kept.resource && $0.isReady }) { return .json(DatasetJSON.status(known, in: datasets)) }
        }
        let isKnown = DatasetDescription.all.contains { $0.name == name }
        let own = try isKnown ? nil : Self.own(name, from: folder, options)
        guard !isKnown || options.isEmpty else {
            throw FieldError(path: "name", problem: .rule("is a built-in data set, \(name): its files have a fixed format, so the options for custom files do not apply"))
        }
        // Files are not transactional: the audit entry comes before they are touched, and a failure has its own.
        try await audit("add", "data set \(name)", detail: "from \(folder)")
        do {
            let status = try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(with: Result { try own.map { try datasets.add(own: $0) } ?? datasets.add(name, from: folder) })
                }
            }
            // A kill between the two leaves a data set without its key: adding it again finds its files and gives the same result.
            if let key {
                let time = workbench.settings.now()
                try await catalog.write { writer in
                    guard try writer.reader.submission(route: key.route, key: key.key) == nil else { return }
                    try writer.keep(route: key.route, key: key.key, requestDigest: digest, resource: name, at: time)
                }
            }
            return .json(DatasetJSON.status(status, in: datasets), status: .created)
        } catch {
            try await audit("add-failed", "data set \(name)", detail: String("\(error)".prefix(200)))
            throw error
        }
    }

    private static func own(_ name: String, from folder: String, _ options: OwnDatasetOptions) throws -> OwnDataset {
        do throws(OwnDatasetOptions.Fault) {
            return try options.dataset(name: name, path: folder)
        } catch {
            throw FieldError(path: error.option, problem: .rule(error.problem))
        }
    }
}

extension OwnDatasetOptions {
    /// Reads the options from the fields of a request.
    fileprivate init(_ fields: inout FieldReader) throws(FieldError) {
        self.init()
        format = try fields.optionalOneOf("format", OwnDataset.Format.allCases.map(\.rawValue))
        title = try fields.optionalString("title")
        crop = try fields.optionalString("crop")
        size = try fields.optionalString("size")
        resize = try fields.optionalOneOf("resize", ImageRule.Resize.allCases.map(\.rawValue))
        leaveOut = try fields.optionalStrings("leave_out", count: 0...1000) ?? []
        skipUnreadable = try fields.optionalBool("skip_unreadable") ?? false
        lowResolution = try fields.optionalInteger("low_resolution", in: 2...8)
        lowResolutionKernel = try fields.optionalOneOf("low_resolution_kernel", LowResolution.Kernel.allCases.map(\.rawValue))
        patches = try fields.optionalInteger("patches", in: 1...PatchRule.most)
        tiles = try fields.optionalBool("tiles") ?? false
        patch = try fields.optionalString("patch")
        flips = try fields.optionalBool("flips") ?? false
        window = try fields.optionalString("window")
        channels = try fields.optionalInteger("channels", in: 1...3)
        maxBytes = try fields.optionalInteger("max_bytes", in: 1...1 << 46)
        test = try fields.optionalInteger("test", in: 0...1 << 40)
    }
}
