import Canonical
import Catalog
import Foundation
import HTTPTypes
import Models
import Studies
import TestSupport
import Testing

@testable import API
@testable import Access
@testable import Execution
@testable import Results
@testable import Server
@testable import Storage

/// Every answer about a study that measures no FID, and about one that optimizes another metric than FID, has the right values of the right metric.
@Suite("Objectives over the API", .serialized)
struct ObjectiveRouteTests {
    private static let modes: JSONValue = ["direction": "maximise", "metric": "modes"]
    private static let recall: JSONValue = ["direction": "maximise", "metric": "recall"]

    // MARK: No FID

    @Test func aStudyWithoutFIDIsAboutItsModes() async throws {
        let fixture = try await APIFixture()
        let preview = try await fixture.post("/studies/preview", SettledStudy.ringPlan).json
        #expect(preview["plan"]?["objective"] == nil)
        let lab = try await SettledStudy.ring(fixture)
        #expect(lab.json["objective"] == Self.modes && lab.json["plan"]?["objective"] == nil && lab.json["digest"] == preview["digest"])
        #expect(try await fixture.get("/studies/\(lab.id)").json["objective"] == Self.modes)
        #expect(try await fixture.get("/studies").json["studies"]?[0]?["objective"] == Self.modes)

        let results = try await fixture.get("/studies/\(lab.id)/results").json
        #expect(results["metric"] == "modes" && results["direction"] == "maximise")
        func values(_ model: Int, _ which: String) -> [JSONValue?] { results["models"]?[model]?["runs"]?.arrayValue?.map { $0[which]?["value"] } ?? [] }
        #expect(values(0, "best") == [5, 5, 6, 6] && values(0, "final") == [4, 4, 4, 4])
        #expect(values(1, "best") == [3, nil, 5, 5] && results["models"]?[1]?["runs"]?[0]?["best"]?["step"] == 20)
        // Another metric is shown where it is asked for, and nothing of one that was not measured.
        let divergence = try await fixture.get("/studies/\(lab.id)/results?metric=modes_divergence").json
        #expect(divergence["direction"] == "minimise" && divergence["models"]?[0]?["runs"]?[0]?["best"]?["value"] == 0.25)
        #expect(try await fixture.get("/studies/\(lab.id)/results?metric=fid").json["models"]?[0]?["runs"]?[0]?["best"] == .null)

        let figure = try await fixture.get("/studies/\(lab.id)/figures/modes.json").json
        #expect(figure["metric"] == "Modes captured" && figure["direction"] == "maximise" && figure["models"]?[0]?["box"]?["maximum"] == 6)
        let svg = try await fixture.get("/studies/\(lab.id)/figures/modes.svg").text
        #expect(svg.contains("Modes captured") && svg.contains("median 5.5, best 6") && !svg.contains("FID"))
        #expect(try await fixture.get("/studies/\(lab.id)/figures/modes.csv").text.contains("Modes captured,6,20,"))
        await fixture.workbench.stop()
    }

    @Test func itsComparisonsGoByModes() async throws {
        let fixture = try await APIFixture()
        let lab = try await SettledStudy.ring(fixture)
        let known = try await fixture.get("/compare?studies=\(lab.id)").json
        #expect(known["metric"] == "modes" && known["objective"] == Self.modes && known["direction"] == "maximise" && known["measured"] == ["modes", "modes_divergence"])
        let rows = try #require(try await fixture.get("/compare/table.json?studies=\(lab.id)").json["rows"]?.arrayValue)
        #expect(rows.map { $0["best"] } == [6, 5] && rows.map { $0["failed"] } == [0, 1] && rows[0]["median"] == 5.5)
        #expect(try await fixture.get("/compare/budget.svg?studies=\(lab.id)").text.contains("maximum Modes captured against budget"))
        let improvement = try await fixture.get("/compare/improvement.csv?studies=\(lab.id)").text
        // 16 pairs, of which NS GAN wins 5 > 3, 5 > lost, 6 > all (8) and ties 5 = 5 (4): (2 * 2 + 8 + 4 / 2) / 16.
        #expect(improvement.contains("0.875"), "\(improvement)")
        for figure in ComparisonFigure.allCases {
            let answer = try await fixture.get("/compare/\(figure.rawValue).json?studies=\(lab.id)")
            #expect(answer.status == 200 && !answer.text.contains("FID") && !answer.text.contains("\"fid\""), "\(figure) \(answer.text.prefix(300))")
        }
        // The first study decides what is compared unless the query names a metric.
        let other = try await SettledStudy.polygons(fixture)
        #expect(try await fixture.get("/compare?studies=\(other.id),\(lab.id)").json["metric"] == "recall")
        #expect(try await fixture.get("/compare?studies=\(lab.id),\(other.id)").json["metric"] == "modes")
        #expect(try await fixture.get("/compare?studies=\(lab.id)&metric=modes_divergence").json["objective"] == Self.modes)
        await fixture.workbench.stop()
    }

    @Test func itsRunsAndCheckpointsGoByModes() async throws {
        let fixture = try await APIFixture()
        let lab = try await SettledStudy.ring(fixture)
        let (leader, tied, late, lost) = (try lab.run("ns-gan", 1, 0), try lab.run("wgan", 0, 0), try lab.run("wgan", 1, 0), try lab.run("wgan", 0, 1))
        for (run, step, value) in [(leader, 20, 6), (tied, 20, 3), (late, 40, 5)] {
            let json = try await fixture.get("/runs/\(run.id)").json
            #expect(json["objective"] == Self.modes && json["best"]?["modes"] == ["step": .count(step), "value": .count(value)])
            #expect(json["best_checkpoint"] == ["step": .count(step), "digest": .string(SettledStudy.digest(run, step)), "value": .count(value)])
            #expect(json["best_checkpoint_problem"] == .null)
            let checkpoints = try await fixture.get("/runs/\(run.id)/checkpoints").json.arrayValue ?? []
            #expect(checkpoints.map { $0["step"] } == [20, 40] && checkpoints.map { $0["best"] } == [.bool(step == 20), .bool(step == 40)])
            #expect(checkpoints.allSatisfy { $0["metrics"]?["modes"] != nil })
        }
        let empty = try await fixture.get("/runs/\(lost.id)").json
        #expect(empty["best"] == [:] && empty["best_checkpoint"] == .null && empty["best_checkpoint_problem"] == "No checkpoint has been saved.")
        let all = try #require(try await fixture.get("/checkpoints?order_by=run,step").json["checkpoints"]?.arrayValue)
        #expect(all.count == 14 && all.count { $0["best"] == true } == 7)
        #expect(all.filter { $0["best"] == true && $0["run"]?.stringValue == late.id }.map { $0["step"] } == [40])

        func ids(_ query: String) async throws -> [String?] { try await fixture.get("/runs?\(query)").json["runs"]?.arrayValue?.map { $0["id"]?.stringValue } ?? [] }
        let first = try await ids("order_by=-best.objective,setting,seed&limit=2")
        #expect(try first == [leader.id, lab.run("ns-gan", 1, 1).id])
        #expect(try await ids("filter=objective%20=%20'modes'%20and%20best.objective%20=%20null") == [lost.id])
        #expect(try await ids("filter=modes%20%3E=%206").count == 2)
        #expect(try await fixture.get("/runs?filter=mods%20%3E%206").status == 400)
        await fixture.workbench.stop()
    }

    @Test func itsRerunsTakeTheSettingWithTheMostModes() async throws {
        let fixture = try await APIFixture()
        let lab = try await SettledStudy.ring(fixture)
        let plan = try await fixture.get("/studies/\(lab.id)/reruns?seeds=3").json
        #expect(plan["protocol"]?["metric"] == "modes" && plan["models"] == ["ns-gan", "wgan"])
        for model in ["ns-gan", "wgan"] {
            let hyperparameters = JSONValue(stored: try lab.run(model, 1, 0).specification)["hyperparameters"]
            #expect(plan["hyperparameters"]?[model] == hyperparameters, "\(model)")
        }
        // By the last value NS GAN's settings are equal: the first one stays.
        let last = try await fixture.get("/studies/\(lab.id)/reruns?selection=final").json
        #expect(last["hyperparameters"]?["ns-gan"] == JSONValue(stored: try lab.run("ns-gan", 0, 0).specification)["hyperparameters"])
        let queued = try await fixture.post("/studies", plan.canonicalText).json
        #expect(queued["objective"] == Self.modes && queued["runs"]?["total"] == 6)
        #expect(try await fixture.get("/studies/\(lab.id)/reruns?metric=fid").json["code"] == "nothing-measured")
        await fixture.workbench.stop()
    }

    // MARK: Another objective than FID

    @Test func aPlanMayOptimizeRecall() async throws {
        let fixture = try await APIFixture()
        let study = try await SettledStudy.polygons(fixture)
        #expect(study.json["objective"] == Self.recall && study.json["plan"]?["objective"] == Self.recall)
        let results = try await fixture.get("/studies/\(study.id)/results").json
        #expect(results["metric"] == "recall" && results["models"]?[0]?["runs"]?.arrayValue?.map { $0["best"]?["value"] } == [0.25, 0.5])
        // The run of a specification that FID is the default of still optimizes what its study does.
        let (good, unable) = (try study.run("ns-gan", 0, 1), try study.run("vae", 0, 1))
        let json = try await fixture.get("/runs/\(good.id)").json
        #expect(json["objective"] == Self.recall && json["best"]?["fid"]?["value"] == 50)
        // FID is best at step 20, recall, measured at the end, at step 40.
        #expect(json["best_checkpoint"]?["step"] == 40 && json["best_checkpoint"]?["value"] == 0.5)
        let none = try await fixture.get("/runs/\(unable.id)").json
        #expect(none["best_checkpoint"] == .null && none["best_checkpoint_problem"] == "Recall has no value: The model has no inversion.")
        #expect(try await fixture.get("/runs/\(unable.id)/checkpoints").json.arrayValue?.map { $0["best"] } == [false, false])
        #expect(try await fixture.get("/studies/\(study.id)/results").json["models"]?[1]?["runs"]?[1]?["problem"] == "The model has no inversion.")
        // A rerun of a run is about what the run was about.
        #expect(try await fixture.post("/runs/\(good.id)/rerun").json["objective"] == Self.recall)
        // The same specification by itself has the default.
        let alone = try await fixture.post("/runs", good.specification).json
        #expect(alone["objective"] == ["direction": "minimise", "metric": "fid"] && alone["specification_digest"]?.stringValue == good.specificationDigest)
        // With and without the objective: other studies, the same runs.
        let usual = try await SettledStudy.polygons(fixture, plan: SettledStudy.polygonsPlan.replacing(#""objective":"recall","#, with: ""))
        #expect(usual.id != study.id && Set(usual.runs.map(\.specificationDigest)) == Set(study.runs.map(\.specificationDigest)))
        #expect(usual.json["objective"]?["metric"] == "fid" && usual.json["plan"]?["objective"] == nil)
        let best = try await fixture.get("/runs/\(try usual.run("ns-gan", 0, 1).id)").json["best_checkpoint"]
        #expect(best?["step"] == 20 && best?["value"] == 50)
        await fixture.workbench.stop()
    }

    /// Readers of links see what members see: the objective goes with the run, whether or not its study is shown.
    @Test func linksKeepTheObjective() async throws {
        let fixture = try await APIFixture()
        let study = try await SettledStudy.polygons(fixture)
        let run = try study.run("ns-gan", 0, 1)
        for live in [true, false] {
            let ofRun = try await fixture.guest(.run, run.id, live: live)
            let json = try await fixture.ask(.get, "/api/v1/runs/\(run.id)", fields: ofRun).json
            #expect(json["objective"] == Self.recall && json["best_checkpoint"]?["step"] == 40 && json["study"] == .null)
            let ofStudy = try await fixture.guest(.study, study.id, live: live)
            #expect(try await fixture.ask(.get, "/api/v1/studies/\(study.id)/results", fields: ofStudy).json["metric"] == "recall")
            #expect(try await fixture.ask(.get, "/api/v1/studies/\(study.id)", fields: ofStudy).json["objective"] == Self.recall)
            let target = JSONValue.array(study.runs.map { .string($0.id) }).canonicalText
            let compared = try await fixture.guest(.comparison, target, live: live)
            let known = try await fixture.ask(.get, "/api/v1/shared/compare", fields: compared).json
            #expect(known["metric"] == "recall" && known["objective"] == Self.recall)
            #expect(try await fixture.ask(.get, "/api/v1/shared/compare/table.json", fields: compared).json["rows"]?[0]?["best"] == 0.5)
        }
        await fixture.workbench.stop()
    }

    @Test func liveEventsOfAStudyNameItsObjective() async throws {
        let fixture = try await APIFixture()
        let lab = try await SettledStudy.ring(fixture)
        let json = try fixture.workbench.catalog.readNow { reader in
            try reader.studyJSON(try #require(try reader.study(lab.id)), try reader.progress(ofStudy: lab.id), workers: 1)
        }
        #expect(json["objective"] == Self.modes)
        await fixture.workbench.stop()
    }

    // MARK: Mistakes

    @Test(arguments: [
        (#""objective":"fod","#, "objective", "\"fod\" is not a known metric; did you mean \"fid\"? Known are fid, fid_extrapolated, "),
        (#""objective":{"metric":"zzzzzz"},"#, "objective.metric", "\"zzzzzz\" is not a known metric; known are fid, fid_extrapolated, "),
        (#""objective":"modes","#, "objective", "\"modes\" is not measured by this plan; measured: fid, kid"),
        (#""objective":{"metric":"fid","direction":"maximise"},"#, "objective.direction", "must be \"minimise\""),
        (#""evaluation":{"metrics":["fod"]},"#, "evaluation.metrics[0]", "did you mean \"fid\"? Known are bits_per_dimension, density_coverage, diversity, fid, "),
        (#""protocol":{"kind":"reruns","source":"\#(String(repeating: "a", count: 64))","metric":"fod"},"#, "protocol.metric", "is not a known metric"),
    ])
    func whatIsNoObjectiveIsRefused(part: String, field: String, detail: String) async throws {
        let fixture = try await APIFixture()
        var plan = #"{"name":"a","dataset":"polygons","models":["ns-gan"],"steps":20,"#
        if !part.contains("protocol") { plan += #""protocol":{"kind":"single"},"# }
        if !part.contains("evaluation") { plan += #""evaluation":{"metrics":["fid","kid"]},"# }
        plan += part + #""seeds":1}"#
        for path in ["/studies", "/studies/preview"] {
            let answer = try await fixture.post(path, plan)
            #expect(answer.status == 422 && answer.json["field"]?.stringValue == field, "\(answer.text)")
            #expect(answer.json["detail"]?.stringValue?.contains(detail) == true, "\(answer.text)")
        }
        #expect(try await fixture.get("/studies").json["total"] == 0)
        await fixture.workbench.stop()
    }

    // MARK: The table

    @Test func thePageGetsTheTable() async throws {
        let fixture = try await APIFixture()
        let metrics = try #require(try await fixture.get("/metrics").json.arrayValue)
        let values = metrics.flatMap { $0["values"]?.arrayValue ?? [] }
        #expect(values.map { $0["name"]?.stringValue } == SpecificationLimits.metricValues)
        let modes = values.first { $0["name"] == "modes" }
        #expect(modes?["label"] == "Modes" && modes?["title"] == "Modes captured" && modes?["unit"] == .null && modes?["digits"] == 4 && modes?["direction"] == "maximise")
        await fixture.workbench.stop()
    }
}
