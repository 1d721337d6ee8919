import Canonical
import Catalog
import Events
import Figures
import Foundation
import Models
import TestSupport
import Testing
import Training

@testable import API
@testable import Access
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// A view is a value: canonical JSON that is read strictly, with a digest, an address, and everything that it resolves to.
@Suite("Views")
struct ViewTests {
    private static let protocolDigest = String(repeating: "ab", count: 32)
    private static let query = ComparisonQuery(
        studies: ["5f0c2a9d1b3e", "000000000001"], models: ["wgan"], metric: "kid", selection: .final, mixesProtocols: true, budget: .runs, protocolDigest: protocolDigest)
    private static let runs = ComparisonQuery(runs: ["5f0c2a9d1b3e-1", "5f0c2a9d1b3e-2"], metric: "fid")

    /// One of every kind, with the address of its page.
    private static let all: [(View, address: String)] = [
        (View(.compared(.budget, query, scale: .linear)), "/compare?studies=5f0c2a9d1b3e,000000000001&models=wgan&metric=kid&selection=final&mixed=mark&budget=runs&protocol=\(protocolDigest)&figure=budget&scale=linear"),
        (View(.compared(.table, runs)), "/shared?metric=fid&figure=table"), (View(.compared(.distribution, runs)), "/shared?metric=fid"), (View(.compared(.distribution, ComparisonQuery(runs: ["5f0c2a9d1b3e-1"]))), "/shared"), (View(.groups(query)), "/compare?studies=5f0c2a9d1b3e,000000000001&models=wgan&metric=kid&selection=final&mixed=mark&budget=runs&protocol=\(protocolDigest)"),
        (View(.overview(study: "5f0c2a9d1b3e", metric: "fid", scale: .logarithmic)), "/studies/5f0c2a9d1b3e?scale=logarithmic"),
        (View(.results(study: "5f0c2a9d1b3e", metric: "is")), "/studies/5f0c2a9d1b3e"), (View(.grid(run: "5f0c2a9d1b3e-1", step: 40)), "/runs/5f0c2a9d1b3e-1?step=40"),
        (View(.grid(run: "a b/c")), "/runs/a%20b%2Fc"), (View(.curves(study: "5f0c2a9d1b3e", model: "wgan", series: "generator_loss")), "/studies/5f0c2a9d1b3e"),
        (View(.page(.run("5f0c2a9d1b3e-1"))), "/runs/5f0c2a9d1b3e-1"), (View(.page(.study("5f0c2a9d1b3e"))), "/studies/5f0c2a9d1b3e"),
        (View(.page(.comparison(runs, figure: .ecdf, scale: .linear))), "/shared?metric=fid&figure=ecdf&scale=linear"),
    ]

    @Test func everyKindIsReadAsItIsWritten() throws {
        for (view, address) in Self.all {
            let text = view.json.canonicalText
            #expect(try View(reading: try JSONValue(parsing: text)) == view, "\(text)")
            #expect(view.address == address)
        }
        #expect(Set(Self.all.map(\.0.digest)).count == Self.all.count)
        #expect(Set(Self.all.map { $0.0.json["kind"]?.stringValue }) == Set(View.Kind.allCases.map(\.rawValue)))
    }

    /// Links and notebooks contain these digests: a change of the format needs a new version.
    @Test func theCanonicalFormIsPinned() {
        #expect(
            View(.compared(.budget, Self.query, scale: .linear)).json.canonicalText
                == #"{"budget":"runs","kind":"figure","metric":"kid","mixed":true,"models":["wgan"],"name":"budget","protocol":"\#(Self.protocolDigest)","scale":"linear","selection":"final","studies":["5f0c2a9d1b3e","000000000001"],"version":1}"#)
        let page = View(.page(.comparison(Self.runs)))
        #expect(
            page.json.canonicalText
                == #"{"budget":"settings","figure":"distribution","kind":"page","metric":"fid","mixed":false,"name":"comparison","runs":["5f0c2a9d1b3e-1","5f0c2a9d1b3e-2"],"selection":"best","version":1}"#)
        #expect(page.digest == Digest.sha256(page.json.canonicalText))
    }

    /// Defaults may be omitted; they are the same view.
    @Test func defaultsNeedNotBeWritten() throws {
        let short = try View(reading: ["kind": "figure", "name": "distribution", "metric": "fid", "runs": ["5f0c2a9d1b3e-1", "5f0c2a9d1b3e-2"]])
        #expect(short == View(.compared(.distribution, Self.runs)) && short.json["version"] == 1 && short.json["selection"] == "best")
    }

    @Test(arguments: [
        (#"{}"#, "kind"), (#"{"kind":"picture"}"#, "kind"), (#"{"kind":"figure","name":"pie"}"#, "name"), (#"{"kind":"table","name":"distribution"}"#, "name"),
        (#"{"kind":"figure","name":"ecdf","metric":"fud","studies":["a"]}"#, "metric"),
        (#"{"kind":"figure","name":"ecdf","metric":"fid"}"#, "studies"), (#"{"kind":"figure","name":"ecdf","metric":"fid","studies":["a","a"]}"#, "studies[1]"),
        (#"{"kind":"figure","name":"ecdf","metric":"fid","studies":["a",""]}"#, "studies[1]"), (#"{"kind":"figure","name":"ecdf","metric":"fid","studies":[]}"#, "studies"),
        (#"{"kind":"figure","name":"ecdf","metric":"fid","studies":["1","2","3","4","5","6","7","8","9"]}"#, "studies"),
        (#"{"kind":"figure","name":"ecdf","metric":"fid","studies":["a"],"color":"red"}"#, "color"), (#"{"kind":"table","name":"table","metric":"fid","studies":["a"],"scale":"linear"}"#, "scale"),
        (#"{"kind":"figure","name":"ecdf","metric":"fid","studies":["a"],"mixed":"mark"}"#, "mixed"), (#"{"kind":"figure","name":"ecdf","metric":"fid","studies":["a"],"protocol":"p1"}"#, "protocol"),
        (#"{"kind":"figure","name":"study","metric":"fid","studies":["a","b"]}"#, "studies"), (#"{"kind":"figure","name":"study","metric":"fid","studies":["a"],"selection":"best"}"#, "selection"),
        (#"{"kind":"grid","name":"samples"}"#, "runs"), (#"{"kind":"grid","name":"samples","runs":["a"],"step":-1}"#, "step"), (#"{"kind":"grid","name":"samples","runs":["a"],"step":1e300}"#, "step"),
        (#"{"kind":"curves","name":"losses","studies":["a"],"models":["m"],"series":"likelihood"}"#, "series"), (#"{"kind":"page","name":"run","runs":["a"],"version":2}"#, "version"), ("[]", ""),
    ])
    func aFaultIsNamedWithItsPlace(text: String, path: String) throws {
        let value = try JSONValue(parsing: text)
        let error = #expect(throws: FieldError.self) { _ = try View(reading: value) }
        #expect(error?.path == path, "\(error.map { "\($0)" } ?? "")")
        #expect(throws: FieldError.self) { _ = try View(reading: value, path: "cells[3].view") }
    }

    private func resolver(_ study: FinishedStudy, _ renderer: ViewRenderer = ViewRenderer()) -> ViewResolver {
        ViewResolver(models: ModelCatalog.schemas, renderer: renderer) { [storage = study.storage] run, sample in
            try FileSystem.read(storage.run(run).path + "/" + sample.file)
        }
    }

    /// What the resolver renders is what comparisons, reports and study pages show, byte for byte.
    @Test func theFormsAreThoseOfTheFigures() throws {
        let study = try FinishedStudy(settings: 3, models: ["mm-gan", "lsgan", "wgan"])
        let id = study.study.id, query = ComparisonQuery(studies: [id])
        try study.catalog.readNow { reader in
            let (resolver, comparison) = (resolver(study), try Comparison(query, models: ModelCatalog.schemas, reader))
            for figure in ComparisonFigure.allCases {
                let (view, drawn) = (View(.compared(figure, query)), try comparison.figure(figure, scale: nil))
                let rendered = try resolver.render(view, reader)
                let expected: [String] = figure.isTable ? ["csv", "json", "md", "html"] : ViewForm.ofFigures.map(\.name)
                #expect(rendered.forms.map(\.form.name) == expected)
                func bytes(_ name: String) -> [UInt8]? { rendered.forms.first { $0.form.name == name }?.object.bytes }
                #expect(bytes("csv") == Array(drawn.csv.utf8) && bytes("json") == drawn.json.canonicalBytes)
                #expect(bytes("svg-dark-400") == drawn.svg.map { Array($0(FigureStyle(theme: .dark, width: 400)).utf8) })
                #expect(bytes("md") == drawn.markdown.map { Array($0.utf8) } && bytes("html") == drawn.html.map { Array($0.utf8) })
                for (_, object) in rendered.forms { #expect(object.digest == .sha256(object.bytes)) }
            }
            let results = try StudyResults(id, metric: "kid", reader)
            let overview = try resolver.resolve(View(.overview(study: id, metric: "kid", scale: .linear)), reader)
            #expect(try overview.bytes(.csv) == Array(results.figure(scale: .linear, models: ModelCatalog.schemas).csv.utf8))
            #expect(try resolver.resolve(View(.results(study: id, metric: "kid")), reader).bytes(.json) == results.json(models: ModelCatalog.schemas).canonicalBytes)
            #expect(try resolver.resolve(View(.groups(query)), reader).bytes(.json) == comparison.json.canonicalBytes)
            let run = try #require(try reader.runs(ofStudy: id).first)
            let grid = try resolver.resolve(View(.grid(run: run.id, step: 20)), reader)
            #expect(try grid.bytes(.png) == FinishedStudy.grid(run, 20) && grid.bytes(.csv) == nil && grid.forms == [.png])
            #expect(try resolver.resolve(View(.grid(run: run.id)), reader).bytes(.png) == FinishedStudy.grid(run, 40))
            #expect(throws: ResultsError.self) { _ = try resolver.resolve(View(.grid(run: run.id, step: 21)), reader) }
            #expect(throws: ResultsError.unknownRun("none")) { _ = try resolver.resolve(View(.grid(run: "none")), reader) }
            #expect(throws: ResultsError.unknownStudy("none")) { _ = try resolver.basis(of: View(.overview(study: "none", metric: "fid")), reader) }
        }
    }

    /// The parts of a report are views: resolved from the catalog, they give the files' bytes.
    @Test func theFilesOfAReportAreViews() throws {
        let study = try FinishedStudy(settings: 2, models: ["ns-gan", "wgan"])
        let grid = try study.add(FinishedStudy.plan(["wgan"], ["kind": "grid"], name: "Grid", grid: ["learning_rate": [1e-4, 1e-3]]))
        let folder = study.folder.path("a-report")
        let report = try study.catalog.readNow {
            try StudyReport(grid.id, storage: study.storage, folder: folder, models: ModelCatalog.schemas, $0)
        }
        let names = try report.write()
        try study.catalog.readNow { reader in
            let resolver = resolver(study)
            var checked = 0
            func check(_ view: View, _ name: String) throws {
                let resolved = try resolver.resolve(view, reader)
                #expect(try resolved.bytes(.csv) == FileSystem.read("\(folder)/\(name).csv"), "\(name)")
                if names.contains("\(name).svg") { #expect(try resolved.bytes(.svg(FigureStyle(width: 860))) == FileSystem.read("\(folder)/\(name).svg"), "\(name)") }
                checked += 1
            }
            for part in report.parts(of: report.comparison) { try check(part.view(of: report.comparison), part.name(report.comparison)) }
            for curve in report.curves { try check(View(.curves(study: grid.id, model: curve.model, series: curve.loss)), curve.name) }
            #expect(checked >= 5 && report.curves.count == 2)
        }
    }

    /// The basis of a view changes with the results that it shows, and with no others.
    @Test func theBasisNamesTheResults() throws {
        let study = try FinishedStudy(settings: 2, models: ["ns-gan", "wgan"])
        let id = study.study.id, fid = View(.overview(study: id, metric: "fid")), kid = View(.overview(study: id, metric: "kid"))
        func bases() throws -> [ViewBasis] { try study.catalog.readNow { reader in try [fid, kid, View(.page(.study(id)))].map { try resolver(study).basis(of: $0, reader) } } }
        let before = try bases()
        let runs = try study.runs()
        #expect(before[0].runs.map(\.run) == runs.map(\.id) && before[0].protocols == ["p1"] && before[0].extractors == ["e1e1e1e1e1e1e1"])
        #expect(before[1].protocols == ["p1-kid"] && before[2].protocols == ["p1", "p1-f1", "p1-kid", "p1-precision", "p1-recall"])
        #expect(try bases() == before)
        let value = RunEvent.Evaluation(
            step: 30, metric: "fid", value: 1.5, protocolDigest: "p1", encoder: "lenet-polygons", encoderDigest: "e1e1e1e1e1e1e1", samples: 1000, referenceSplit: "test")
        try study.catalog.writeNow { writer in
            let run = try writer.reader.requiredRun(runs[1].id)
            _ = try writer.ingest(EventBatch(start: run.eventsOffset, end: run.eventsOffset + 1, events: [RunEvent(time: 1, kind: .evaluation(value))]), into: run, at: 300)
        }
        let after = try bases()
        #expect(after[1] == before[1])
        for place in [0, 2] {
            #expect(zip(before[place].runs, after[place].runs).filter { $0 != $1 }.map(\.0.run) == [runs[1].id])
        }
    }

    /// Values of a second protocol are shown when the view names it, and only then.
    @Test func aViewNamesAProtocol() throws {
        let study = try FinishedStudy(settings: 2, models: ["ns-gan"])
        let runs = try study.runs(), second = Self.protocolDigest
        try study.catalog.writeNow { writer in
            for (place, run) in runs.prefix(2).enumerated() {
                let value = RunEvent.Evaluation(
                    step: 40, metric: "fid", value: 700 + Double(place), protocolDigest: second, encoder: "other", encoderDigest: "e2", samples: 500, referenceSplit: "test")
                let known = try writer.reader.requiredRun(run.id)
                _ = try writer.ingest(EventBatch(start: known.eventsOffset, end: known.eventsOffset + 1, events: [RunEvent(time: 1, kind: .evaluation(value))]), into: known, at: 300)
            }
        }
        try study.catalog.readNow { reader in
            func values(_ query: ComparisonQuery) throws -> [Double?] {
                let figure = try #require(try resolver(study).resolve(View(.compared(.distribution, query)), reader).bytes(.json))
                return try JSONValue(parsing: figure)["models"]?[0]?["runs"]?.arrayValue?.map { $0["value"]?.numberValue } ?? []
            }
            var query = ComparisonQuery(studies: [study.study.id])
            #expect(try values(query) == runs.map(FinishedStudy.fid))
            query.protocolDigest = second
            #expect(try values(query).prefix(2) == [700, 701] && values(query).dropFirst(2).allSatisfy { $0 == nil })
            let basis = try resolver(study).basis(of: View(.groups(query)), reader)
            #expect(basis.protocols == [second] && basis.extractors == ["e2"])
            let known = try Comparison(query, models: ModelCatalog.schemas, reader)
            #expect(known.protocols.map(\.digest) == [second] && known.protocols[0].samples == 500 && !known.isMixed)
        }
    }

    @Test func aKeptFormStandsForTheWidthsAboveIt() {
        func kept(_ width: Int) -> String { ViewForm.svg(FigureStyle(theme: .dark, width: width)).kept.name }
        #expect([320, 399, 400, 640, 760, 899, 1200, 1600].map(kept) == [320, 320, 400, 560, 760, 760, 1200, 1200].map { "svg-dark-\($0)" })
        #expect(ViewForm.csv.kept == .csv && ViewForm(ending: "svg") == .svg(FigureStyle()) && ViewForm(ending: "pdf") == nil)
    }
}
