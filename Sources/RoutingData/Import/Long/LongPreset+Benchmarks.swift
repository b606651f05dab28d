/// What benchmarks of routers publish.
extension LongPreset {
    static let benchmarks = [
        LongPreset(
            "llmrouterbench",
            "<dataset>/<split>/<model>/<timestamp>.json: the newest of one measurement counts, demos do not",
            [
                .id: .joined("^split", "index"), .query: .at("origin_query"), .model: .at("^model_name"),
                .dataset: .at("^dataset_name"), .score: .at("score"), .cost: .at("cost"),
                .tokensIn: .at("prompt_tokens"), .tokensOut: .at("completion_tokens"),
            ]
        ) { form in
            form.rows = "records"
            form.skipped = [.init("^demo", is: "true")]
            form.newestBy = ["^dataset_name", "^split", "^model_name"]
        },
        LongPreset(
            "llmrouter",
            "routing_data_train.jsonl, routing_data_test.jsonl (also xRouteBench): tokens and no costs",
            [
                .query: .at("query"), .model: .at("model_name"), .dataset: .at("task_name"),
                .score: .at("performance"), .tokensIn: .at("input_tokens"), .tokensOut: .at("output_tokens"),
                .latency: .at("response_time"),
            ]
        ) { form in
            form.accepts = { $0.contains(".jsonl") }
        },
        LongPreset(
            "semantic-router",
            "benchmark_training_data.jsonl: of several rows of one query and model the first counts",
            [
                .query: .at("query"), .model: .at("model_name"), .dataset: .at("category"),
                .score: .at("performance"), .cost: .at("cost"), .latency: .at("response_time"),
            ]
        ) { form in
            form.repeats = .first
        },
        LongPreset(
            "sprout",
            "JSON lines with a member a model {score, num_input_tokens, num_output_tokens}: tokens and no costs",
            [
                .id: .at("key"), .query: .at("prompt"), .dataset: .at("dataset"), .model: .at("*"),
                .score: .at("*.score"), .tokensIn: .at("*.num_input_tokens"),
                .tokensOut: .at("*.num_output_tokens"),
            ]
        ),
        LongPreset(
            "avengers",
            "train.jsonl, test.jsonl with records {model: score} and usages {model: {…, cost}}",
            [
                .id: .at("index"), .query: .at("query"), .dataset: .at("dataset"), .model: .at("records.*"),
                .score: .at("records.*"), .cost: .at("usages.*.cost"), .tokensIn: .at("usages.*.prompt_tokens"),
                .tokensOut: .at("usages.*.completion_tokens"),
            ]
        ) { form in
            form.accepts = { $0.contains(".jsonl") }
        },
        LongPreset(
            "embedllm",
            "train.csv, test.csv with prompt_id, model_name, label, category: without costs",
            [
                .id: .at("prompt_id"), .query: .at("prompt"), .model: .at("model_name"), .dataset: .at("category"),
                .score: .at("label"),
            ]
        ) { form in
            form.accepts = { $0 != "question_order.csv" && $0 != "model_order.csv" }
        },
        LongPreset(
            "graphrouter",
            "router_data.csv: costs from cost_usd, because cost is normalised for each task",
            [
                .query: .at("query"), .model: .at("llm"), .dataset: .at("task_id"), .score: .at("effect"),
                .cost: .at("cost_usd"),
            ]
        ) { form in
            form.unusableCost = (
                "cost",
                "GraphRouter normalises \"cost\" within each task, so it is no amount of money, and there is no column "
                    + "\"cost_usd\": --map cost=cost --cost-unit normalised takes it as it is"
            )
        },
        LongPreset(
            "routerdc",
            "JSON or JSON lines with scores {model: score}: without costs",
            [
                .id: .at("index"), .query: .at("question"), .model: .at("scores.*"), .score: .at("scores.*"),
            ]
        ),
        LongPreset(
            "hybridllm",
            "train.jsonl (also BEST-Route) with candidates; several of one model are trials",
            [
                .id: .at("id"), .query: .joined("instruction", "input"), .dataset: .beforeSlash("id"),
                .model: .at("candidates.*.model"), .score: .at("candidates.*.scores.?"),
                .cost: .at("candidates.*.cost"), .tokensIn: .at("candidates.*.token_num_prompt"),
                .tokensOut: .at("candidates.*.token_num_responses"),
            ]
        ) { form in
            form.repeats = .trials
        },
        LongPreset(
            "routerbench",
            "the table as CSV: sample_id, prompt, eval_name and MODEL, MODEL|total_cost for each model",
            [
                .id: .at("sample_id"), .query: .at("prompt"), .dataset: .at("eval_name"), .model: .at("*"),
                .score: .at("*"), .cost: .at("*|total_cost"),
            ]
        ),
    ]
}
