import Foundation
import RouteGridBase
import RoutingData
import TestSupport
import Testing

/// Every preset reads a tiny file in its public layout, checked cell by cell.
struct LongPresetTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ text: String, to name: String) throws {
        let path = URL(fileURLWithPath: folder.path(name)).deletingLastPathComponent().path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try folder.write(text, to: name)
    }

    /// Imports all that the folder holds.
    private func imported(_ preset: String, map: String? = nil) throws -> (dataset: Dataset, report: ValidationReport) {
        var form = try #require(LongPreset.named(preset)).form
        if let map { try form.map(map) }
        return try LongImporter(files: [folder.path], form: form, labels: ImportLabels(name: "mine")).read()
    }

    /// A matrix as text, missing cells as a dash.
    private func cells(_ matrix: Matrix<Double>?) -> String {
        guard let matrix else { return "none" }
        return (0..<matrix.rows).map { row in
            matrix.row(row).map { $0.isNaN ? "–" : JSONValue.shortestText($0) }.joined(separator: " ")
        }.joined(separator: " | ")
    }

    private func ids(_ dataset: Dataset) -> [String] { dataset.samples.map(\.sample.id) }
    private func datasets(_ dataset: Dataset) -> [String] { dataset.samples.map(\.sample.dataset) }
    private func questions(_ dataset: Dataset) -> [String] { dataset.samples.map(\.question) }

    @Test func `Every Eval Ever: tokens, milliseconds, repeated samples as trials`() throws {
        func line(_ model: String, _ id: String, _ score: String, _ tokens: String, _ ms: Int) -> String {
            """
            {"schema_version":"0.3.0","evaluation_id":"gsm8k/m/1706","model_id":"\(model)","evaluation_name":"gsm8k",\
            "sample_id":"\(id)","interaction_type":"single_turn","input":{"raw":"q\(id)?","reference":["4"]},\
            "output":{"raw":["4"]},"answer_attribution":[],"evaluation":{"score":\(score),"is_correct":true},\
            "token_usage":\(tokens),"performance":{"latency_ms":\(ms)}}

            """
        }
        let usage = #"{"input_tokens":15,"output_tokens":5,"total_tokens":20}"#
        try write(
            line("qwen/qwen3-8b", "4", "1.0", usage, 250) + line("qwen/qwen3-8b", "4", "0.0", usage, 750)
                + line("qwen/qwen3-8b", "7", "null", "null", 100),
            to: "data/c/qwen/qwen3-8b/0a_samples.jsonl"
        )
        try write(line("openai/o", "7", "0.25", usage, 1_500), to: "data/c/openai/o/0b_samples.jsonl")
        try write(#"{"schema_version":"0.3.0","evaluation_results":[]}"#, to: "data/c/openai/o/0b.json")
        let (dataset, report) = try imported("every-eval-ever")
        #expect(dataset.models == ["openai/o", "qwen/qwen3-8b"] && ids(dataset) == ["7", "4"])
        #expect(cells(dataset.quality) == "0.25 – | – 0.5" && dataset.cost == nil)
        #expect(cells(dataset.tokensIn) == "15 – | – 15" && cells(dataset.tokensOut) == "5 – | – 5")
        #expect(cells(dataset.latency) == "1.5 0.1 | – 0.5" && cells(dataset.trials) == "1 0 | 0 2")
        #expect(dataset.qualitySD?[1, 1] == 0.5.squareRoot() && dataset.qualitySD?[0, 0].isNaN == true)
        #expect(questions(dataset) == ["q7?", "q4?"] && datasets(dataset) == ["gsm8k", "gsm8k"])
        #expect(report.trialSpread == 0.5.squareRoot())
    }

    @Test func `LLMRouterBench: keys from inside, the newest file, no demos, nulls stay missing`() throws {
        func file(_ model: String, _ score: String, demo: Bool = false, cost: String = "0.0001") -> String {
            """
            {"dataset_name":"aime","split":"test","model_name":"\(model)","demo":\(demo),"performance":1,"counts":2,
             "records":[{"index":1,"origin_query":"q","prompt":"P q","prediction":"4","ground_truth":"4","score":\(score),
             "prompt_tokens":15,"completion_tokens":5,"cost":\(cost)},
             {"index":2,"origin_query":"r","prompt":"P r","score":0.0,"prompt_tokens":1,"completion_tokens":2,"cost":0.5}]}
            """
        }
        try write(file("gpt-5", "0.0"), to: "bench/aime/test/gpt-5/gpt-5_20250101_000000.json")
        try write(file("gpt-5", "1.0"), to: "bench/aime/test/gpt-5/gpt-5_20250102_000000.json")
        try write(file("gpt-5", "0.5", demo: true), to: "bench/aime/test/gpt-5/gpt-5_20250103_000000.json")
        try write(file("b", "null"), to: "bench/aime/test/b/b_20250101_000000.json")
        try write(file("c", "1", cost: "null"), to: "bench/aime/test/c/c_20250101_000000.json")
        let (dataset, report) = try imported("llmrouterbench")
        #expect(dataset.models == ["b", "c", "gpt-5"] && ids(dataset) == ["test/1", "test/2"])
        #expect(cells(dataset.quality) == "– – 1 | 0 0 0" && cells(dataset.cost) == "– – 0.0001 | 0.5 0.5 0.5")
        #expect(cells(dataset.tokensIn) == "15 15 15 | 1 1 1" && questions(dataset) == ["q", "r"])
        #expect(datasets(dataset) == ["aime", "aime"] && dataset.costUnit == "USD")
        #expect(report.notes.contains("older files of the same measurements, left out: 1"))
        #expect(report.notes.contains("outcomes with a score and no cost, which are missing outcomes: 1"))
        #expect(report.notes.contains("outcomes with a cost and no score, which are missing outcomes: 1"))
    }

    @Test func `LLMRouter: joined by text within a task`() throws {
        func line(_ task: String, _ model: String, _ score: Double) -> String {
            """
            {"task_name":"\(task)","query":"2+2?","ground_truth":"4","metric":"GSM8K","choices":null,"task_id":1,\
            "embedding_id":0,"model_name":"\(model)","performance":\(score),"input_tokens":15,"output_tokens":5,\
            "token_num":20,"response":"4","response_time":0.8,"user_id":null,"fig_id":null}

            """
        }
        try write(line("gsm8k", "a", 1) + line("gsm8k", "b", 0.5), to: "routing_data_train.jsonl")
        try write(line("math", "a", 0), to: "routing_data_test.jsonl")
        try write(#"{"a":{"size":"7B","input_price":0.2,"output_price":0.2}}"#, to: "default_llm.json")
        let (dataset, _) = try imported("llmrouter")
        #expect(ids(dataset) == ["1", "2"] && datasets(dataset) == ["math", "gsm8k"])
        #expect(cells(dataset.quality) == "0 – | 1 0.5" && cells(dataset.latency) == "0.8 – | 0.8 0.8")
        #expect(cells(dataset.tokensOut) == "5 – | 5 5" && dataset.cost == nil)
    }

    @Test func `semantic-router: the first of two rows, seconds, costs where they are`() throws {
        try write(
            """
            {"query":"Capital of France?","category":"other","model_name":"m1","performance":1.0,"response_time":0.42}
            {"query":"Capital of France?","category":"other","model_name":"m1","performance":0.0,"response_time":9}
            {"query":"Capital of France?","category":"other","model_name":"m2","performance":0.3,"response_time":0.1}

            """,
            to: "benchmark_training_data.jsonl"
        )
        let (dataset, report) = try imported("semantic-router")
        #expect(cells(dataset.quality) == "1 0.3" && cells(dataset.latency) == "0.42 0.1")
        #expect(cells(dataset.cost) == "1 1" && dataset.costUnit == "call" && dataset.trials == nil)
        #expect(report.notes.contains("further rows of a query and model, left out: 1"))
        #expect(report.notes.contains("neither costs nor tokens: every answer costs 1 call"))
    }

    @Test func `SPROUT: a structure a model`() throws {
        try write(
            """
            {"key":1,"dataset":"mmlu_pro","dataset_level":"x","prompt":"q","golden_answer":"A",\
            "openai-gpt-4o":{"score":1.0,"num_input_tokens":120,"num_output_tokens":30,"response":"A"},\
            "wxai-llama-3.1":{"score":null,"num_input_tokens":110,"num_output_tokens":0,"response":null}}
            {"key":2,"dataset":"gsm8k","prompt":"r","golden_answer":"A",\
            "openai-gpt-4o":{"score":0.5,"num_input_tokens":1,"num_output_tokens":2,"response":"A"},"wxai-llama-3.1":null}

            """,
            to: "train.jsonl"
        )
        let (dataset, _) = try imported("sprout")
        #expect(dataset.models == ["openai-gpt-4o", "wxai-llama-3.1"] && ids(dataset) == ["1", "2"])
        #expect(cells(dataset.quality) == "1 – | 0.5 –" && cells(dataset.tokensIn) == "120 110 | 1 –")
        #expect(cells(dataset.tokensOut) == "30 0 | 2 –" && datasets(dataset) == ["mmlu_pro", "gsm8k"])
    }

    @Test func `Avengers: records and usages by model, ids of two datasets kept apart`() throws {
        try write(
            """
            {"query":"q","dataset":"aime","index":1,"records":{"m.1":1.0,"m2":0.0},"usages":{"m.1":\
            {"prompt_tokens":15,"completion_tokens":5,"cost":0.0001},"m2":{"prompt_tokens":3,"completion_tokens":4}}}
            {"query":"r","dataset":"math","index":1,"records":{"m.1":0.5,"m2":0.25},"usages":{"m.1":\
            {"prompt_tokens":1,"completion_tokens":2,"cost":0},"m2":{"prompt_tokens":3,"completion_tokens":4,"cost":2}}}

            """,
            to: "train.jsonl"
        )
        try write(#"{"aime":{"m2":0.5}}"#, to: "baseline_scores.json")
        let (dataset, _) = try imported("avengers")
        #expect(dataset.models == ["m.1", "m2"] && ids(dataset) == ["aime/1", "math/1"])
        // A missing cost is no cost of 0.
        #expect(cells(dataset.quality) == "1 – | 0.5 0.25" && cells(dataset.cost) == "0.0001 – | 0 2")
        #expect(cells(dataset.tokensIn) == "15 3 | 1 3" && cells(dataset.tokensOut) == "5 4 | 2 4")
    }

    @Test func `EmbedLLM: labels without costs, the order of questions is no result`() throws {
        let header = "prompt_id,model_id,category_id,label,model_name,category,prompt\n"
        try write(header + "0,0,0,1,A/a,mmlu,\"q, \"\"0\"\"\"\n0,1,0,0,B/b,mmlu,\"q, \"\"0\"\"\"\n", to: "train.csv")
        try write(header + "1,1,3,1,B/b,asdiv,q1\n", to: "test.csv")
        try write("prompt_id,prompt\n0,q0\n1,q1\n", to: "question_order.csv")
        let (dataset, _) = try imported("embedllm")
        #expect(ids(dataset) == ["1", "0"] && questions(dataset) == ["q1", "q, \"0\""])
        #expect(cells(dataset.quality) == "– 1 | 1 0" && cells(dataset.cost) == "– 1 | 1 1")
    }

    @Test func `GraphRouter: costs in dollars, never the normalised ones`() throws {
        let header = "task_id,query,record_index,ground_truth,metric,llm,effect,cost,task_description"
        let rows = "alpaca,q,0,a,f1,x,0.5,0.9,d,0.002\nalpaca,q,0,a,f1,y,1,0.1,d,0.001\n"
        try write("\(header),cost_usd\n\(rows)", to: "a.csv")
        let (dataset, _) = try imported("graphrouter")
        #expect(cells(dataset.quality) == "0.5 1" && cells(dataset.cost) == "0.002 0.001")
        try write("\(header)\nalpaca,q,0,a,f1,x,0.5,0.9,d\n", to: "a.csv")
        #expect(message { _ = try imported("graphrouter") }.contains("normalises \"cost\" within each task"))
        #expect(try cells(imported("graphrouter", map: "cost=cost").dataset.cost) == "0.9")
    }

    @Test func `RouterDC: scores by model`() throws {
        try write(
            """
            [{"index":0,"question":"q","scores":{"m1":1.0,"m2":0.0},"cluster_id":3},
             {"index":1,"question":"r","scores":{"m1":0.4,"m2":null},"cluster_id":1}]
            """,
            to: "mmlu.json"
        )
        let (dataset, _) = try imported("routerdc")
        #expect(ids(dataset) == ["0", "1"] && cells(dataset.quality) == "1 0 | 0.4 –")
        #expect(cells(dataset.cost) == "1 1 | 1 –" && dataset.costUnit == "call")
    }

    @Test func `HybridLLM: candidates, lists of costs, several answers of a model`() throws {
        func candidate(_ model: String, _ score: Double, _ cost: String) -> String {
            """
            {"model":"\(model)","text":"t","decoding_method":"greedy","scores":{"bartscore":\(score)},\
            "token_num_prompt":15,"token_num_responses":5,"cost":\(cost)}
            """
        }
        try write(
            """
            {"id":"aime/1","instruction":"","input":"q","output":"gold","candidates":[\(candidate("m1", 1, "[0.1,0.3]")),\
            \(candidate("m2", 0.5, "[0.25]")),\(candidate("m2", 0, "[0.75]"))]}

            """,
            to: "train.jsonl"
        )
        let (dataset, _) = try imported("hybridllm")
        #expect(ids(dataset) == ["aime/1"] && datasets(dataset) == ["aime"] && questions(dataset) == ["q"])
        #expect(cells(dataset.quality) == "1 0.25" && cells(dataset.cost) == "0.2 0.5")
        #expect(cells(dataset.trials) == "1 2" && cells(dataset.tokensOut) == "5 5")
    }

    @Test func `RouterBench: columns of models, an oracle's column is none`() throws {
        try write(
            """
            sample_id,prompt,eval_name,a/x,b,a/x|model_response,b|model_response,a/x|total_cost,b|total_cost,oracle_model_to_route_to
            arc.1,"['q, 1']",arc,1.0,0.0,r,s,0.001,0.002,a/x
            arc.2,q2,arc,0.25,,r,s,0.001,,a/x

            """,
            to: "rb.csv"
        )
        let (dataset, _) = try imported("routerbench")
        #expect(dataset.models == ["a/x", "b"] && ids(dataset) == ["arc.1", "arc.2"])
        #expect(cells(dataset.quality) == "1 0 | 0.25 –" && cells(dataset.cost) == "0.001 0.002 | 0.001 –")
    }

    @Test func `RouterEval: three parts and their embeddings`() throws {
        let path = Fixtures.golden("routereval.npz")
        let (dataset, _) = try RouterEvalImporter(file: path, labels: ImportLabels(name: "mine")).read()
        #expect(dataset.models == ["model-1", "model-2", "model-3"])
        #expect(ids(dataset) == ["train/0", "train/1", "val/0", "test/0"])
        #expect(cells(dataset.quality) == "1 0 0.5 | 0 1 0.25 | 1 1 0 | 0 0 1")
        #expect(dataset.text["default"]?.elements == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test func `Inspect: grades, epochs as trials, the model's own tokens`() throws {
        func sample(_ id: String, _ epoch: Int, _ value: String) -> String {
            """
            {"id":\(id),"epoch":\(epoch),"input":[{"role":"system","content":"s"},{"role":"user","content":"q\(id)"}],
             "target":"4","scores":{"match":{"value":\(value),"answer":"4"}},"working_time":1.5,"total_time":3,
             "output":{"model":"\(epoch == 1 ? "gpt-4o-2024-08-06" : "gpt-4o-mini")"},
             "model_usage":{"openai/gpt-4o":{"input_tokens":15,"output_tokens":5,"total_tokens":20},
             "anthropic/judge":{"input_tokens":900,"output_tokens":90}}}
            """
        }
        try write(
            """
            {"version":2,"status":"success","eval":{"task":"gsm8k","model":"openai/gpt-4o"},"samples":[
            \(sample("1", 1, "\"C\"")),\(sample("1", 2, "\"I\"")),\(sample("2", 1, "\"P\"")),\(sample("2", 2, "\"N\"")),
            \(sample("3", 1, "0.75")),{"id":4,"epoch":1,"input":"q4","scores":null,"error":{"message":"m"}}]}
            """,
            to: "log.json"
        )
        let (dataset, _) = try imported("inspect")
        #expect(dataset.models == ["openai/gpt-4o"] && ids(dataset) == ["1", "2", "3", "4"])
        #expect(cells(dataset.quality) == "0.5 | 0.25 | 0.75 | –" && cells(dataset.trials) == "2 | 2 | 1 | 0")
        #expect(cells(dataset.tokensIn) == "15 | 15 | 15 | –" && cells(dataset.latency) == "1.5 | 1.5 | 1.5 | –")
        #expect(questions(dataset) == ["q1", "q2", "q3", "q4"] && datasets(dataset)[0] == "gsm8k")
        #expect(dataset.cost == nil)
        #expect(dataset.served == ["openai/gpt-4o": ["gpt-4o-mini": 2]])
    }

    @Test func `Inspect with two scorers asks which`() throws {
        try write(
            """
            {"version":2,"eval":{"task":"t","model":"m"},"samples":[{"id":1,"epoch":1,"input":"q",
             "scores":{"match":{"value":"C"},"judge":{"value":"I"}}}]}
            """,
            to: "log.json"
        )
        #expect(
            message { _ = try imported("inspect") }.hasSuffix(
                "log.json: samples[0]: several scores: judge, match; say which, such as --map score=scores.judge.value"
            )
        )
        #expect(try cells(imported("inspect", map: "score=scores.match.value").dataset.quality) == "1")
    }

    @Test func `lm-eval: model and task from the path, joined by hash, the only metric`() throws {
        func line(_ id: Int, _ hash: String, _ score: String) -> String {
            """
            {"doc_id":\(id),"doc":{"question":"q\(hash)"},"target":"4","arguments":[["template q",{}]],"resps":[["4"]],\
            "filtered_resps":["4"],"filter":"strict-match","metrics":["exact_match"],"exact_match":\(score),\
            "doc_hash":"\(hash)","prompt_hash":"p","target_hash":"t"}

            """
        }
        let name = "samples_mmlu_law_2024-05-06T07-08-09.123.jsonl"
        try write(line(0, "ab", "1.0") + line(1, "cd", "0.0"), to: "out/org__m1/\(name)")
        // Another order: the hash joins.
        try write(line(0, "cd", "1.0") + line(1, "ab", "0.5"), to: "out/org__m2/\(name)")
        try write(#"{"results":{}}"#, to: "out/org__m2/results_2024-05-06T07-08-09.123.json")
        let (dataset, _) = try imported("lm-eval")
        #expect(dataset.models == ["org__m1", "org__m2"] && ids(dataset) == ["ab", "cd"])
        #expect(cells(dataset.quality) == "1 0.5 | 0 1" && datasets(dataset)[0] == "mmlu_law")
        #expect(questions(dataset) == ["qab", "qcd"] && dataset.costUnit == "call")
    }

    @Test func `lm-eval with two filters asks which`() throws {
        func line(_ filter: String, _ score: Int) -> String {
            """
            {"doc_id":0,"doc":{"question":"q"},"filter":"\(filter)","metrics":["acc"],"acc":\(score),"doc_hash":"h"}

            """
        }
        try write(line("strict", 0) + line("flexible", 1), to: "m/samples_t_2024-05-06T07-08-09.1.jsonl")
        #expect(message { _ = try imported("lm-eval") }.contains(".jsonl:2: id \"h\" with model \"m\" occurs twice"))
        var form = try #require(LongPreset.named("lm-eval")).form
        form.kept = [.init("filter", is: "flexible")]
        let read = try LongImporter(files: [folder.path], form: form, labels: ImportLabels(name: "mine")).read()
        #expect(cells(read.dataset.quality) == "1")
    }

    @Test func `VLMEvalKit: a folder a model, hits, failed answers, benchmarks by name`() throws {
        let failed = "Failed to obtain answer via API."
        try write(
            "index\tquestion\tA\tanswer\tprediction\tcategory\thit\n1\tq1\tx\tA\tA\tc\t1\n2\tq2\tx\tB\t\(failed)\tc\t0\n",
            to: "GPT4o/GPT4o_MMBench_DEV_EN_chatgpt-0125_result.tsv"
        )
        try write("index,question,prediction\n1,q1,A\n", to: "GPT4o/GPT4o_MMBench_DEV_EN.csv")
        try write(
            #"[{"index":1,"question":"q1","hit":0},{"index":2,"question":"q2","hit":1}]"#,
            to: "Qwen_VL/Qwen_VL_MMBench_DEV_EN_exact_matching_result.json"
        )
        let (dataset, report) = try imported("vlmevalkit")
        #expect(dataset.models == ["GPT4o", "Qwen_VL"] && ids(dataset) == ["1", "2"])
        #expect(cells(dataset.quality) == "1 0 | – 1" && datasets(dataset) == ["MMBench_DEV_EN", "MMBench_DEV_EN"])
        #expect(report.notes.contains("failed answers, which are missing outcomes: 1"))
    }

    @Test func `VLMEvalKit's Excel file, as pandas writes it`() throws {
        let path = Fixtures.golden("InternVL2_MMStar_exact_matching_result.xlsx")
        let form = try #require(LongPreset.named("vlmevalkit")).form
        let (dataset, _) = try LongImporter(files: [path], form: form, labels: ImportLabels(name: "mine")).read()
        #expect(ids(dataset) == ["0", "1", "2"] && cells(dataset.quality) == "1 | 0 | 1")
        #expect(questions(dataset) == ["a < b & \"c\"\nd?", "ü, =1", "tab\there"])
    }

    @Test func `VLMEvalKit's raw answers name the command that scores them`() throws {
        try write("index,question,prediction\n1,q1,A\n", to: "GPT4o/GPT4o_MMBench_DEV_EN.csv")
        #expect(message { _ = try imported("vlmevalkit") }.contains("vlmutil eval BENCHMARK FILE"))
    }

    @Test func `promptfoo: providers, milliseconds, errors as missing`() throws {
        func result(_ test: Int, _ provider: String, _ rest: String) -> String {
            """
            {"testIdx":\(test),"promptIdx":0,"testCase":{"vars":{"x":"1"}},"prompt":{"raw":"q\(test)","label":"l"},
             "provider":{"id":"\(provider)","label":""},\(rest)}
            """
        }
        let answered = """
            "response":{"output":"o","tokenUsage":{"total":20,"prompt":15,"completion":5}},"success":true,"score":1,
            "gradingResult":{"pass":true,"score":1},"latencyMs":420,"cost":0.002,"failureReason":0
            """
        let failed = #""error":"500","success":false,"score":0,"latencyMs":3,"cost":0,"failureReason":2"#
        try write(
            """
            {"evalId":"eval-1","results":{"version":3,"timestamp":"t","results":[
            \(result(0, "openai:gpt-4o", answered)),\(result(0, "b", failed)),\(result(1, "b", answered))],"stats":{}}}
            """,
            to: "results.json"
        )
        let (dataset, _) = try imported("promptfoo")
        #expect(dataset.models == ["b", "openai:gpt-4o"] && ids(dataset) == ["0", "1"])
        #expect(cells(dataset.quality) == "– 1 | 1 –" && cells(dataset.cost) == "– 0.002 | 0.002 –")
        #expect(cells(dataset.latency) == "– 0.42 | 0.42 –" && cells(dataset.tokensIn) == "– 15 | 15 –")
        #expect(questions(dataset) == ["q0", "q1"])
    }
}
