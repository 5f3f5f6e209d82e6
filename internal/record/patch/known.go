package patch

var releases = []string{"go1.24.13", "go1.25.7", "go1.26.8", "go1.27.4"}

var known = map[string]map[string][]string{
	"go1.24": {
		"internal/runtime/maps/map.go":                   {"8bdb8f9cbff6a082a6ecf291b65999a04d07295394c1226dadd43bb5884c6c4c"},
		"internal/runtime/maps/table.go":                 {"0dd756a23f7b1ae47409302fb1c7c2ce4bdec5741eb9a7803552e117d1581b2e"},
		"runtime/map_swiss.go":                           {"82d172437c95cce387bb9ddf8fd1489f8bb07b3135b0260c45201daa05b73e28"},
		"runtime/mheap.go":                               {"856247c478e2c583c44431ba46df5d60e4825031683666f1fcdf036bb08d9cd1"},
		"internal/runtime/maps/runtime.go":               {"5f800e84e2b477f3e2ac1b9b64c642763736ffe43f5fc8f4daec2a2e700439a3"},
		"internal/runtime/maps/runtime_swiss.go":         {"2cd35558fd08c4889a188ad84011794985f53e56f32c35d708f294d108659900"},
		"internal/runtime/maps/runtime_fast32_swiss.go":  {"ab8f3cd758123bc911a2b2175e7adfa56b0e6c18866ce74a5d4cfbe1a95da17d"},
		"internal/runtime/maps/runtime_fast64_swiss.go":  {"77acec8222b180c273155774bacc0d1fbef8c2c683be9b249c062f66959c06e2"},
		"internal/runtime/maps/runtime_faststr_swiss.go": {"4fa86c33fab1214466c0d413bacaf9a7d7b8892e5eb71d931226f24bc1ffe907"},
	},
	"go1.25": {
		"internal/runtime/maps/map.go":                   {"806adc0145833e8a13f592734b3de97c1fa0ccb2e2585b16d44f3e2a1df66f9b"},
		"internal/runtime/maps/table.go":                 {"cd21902756ef05875091c9223df1819189c339ca2c4d6cbc4b0e0a24db4f22f5"},
		"runtime/map_swiss.go":                           {"f97713fa86ada07e992c69b021732a7c09f2ac6bdbfa6980a0f6538875c4d29b"},
		"runtime/mheap.go":                               {"d037473170533043ffbf9bf8e1fd0d551c0d0cf278080454dad44a6e685899fc"},
		"internal/runtime/maps/runtime.go":               {"5f800e84e2b477f3e2ac1b9b64c642763736ffe43f5fc8f4daec2a2e700439a3"},
		"internal/runtime/maps/runtime_swiss.go":         {"92a911b7156d5c30d46077b455ac0416f880fc4d2170ce5df69acb94d368a8ec"},
		"internal/runtime/maps/runtime_fast32_swiss.go":  {"574cd2b1e5f49a5078503dfe791699dc5076f99c6ed717564e34983df3fe28b6"},
		"internal/runtime/maps/runtime_fast64_swiss.go":  {"d028f94f8f58e591f80c7b52e8e85dde06954b7548e51c834c2ca0187fc2bff4"},
		"internal/runtime/maps/runtime_faststr_swiss.go": {"3323b1aa84137f6990dd80554bdc47fd6bd6cf8f737fa05cd97012da0964940c"},
	},
	"go1.26": {
		"internal/runtime/maps/map.go":             {"cec1f588f261caf8fe4a9b310fae11abcc162d5c975be21d243f9ce727151432"},
		"internal/runtime/maps/table.go":           {"d15567aa1735a8221599af3b11f857292a7b270daaa2820ff4e8053d4f172112"},
		"runtime/map.go":                           {"f82e6e3c3a900049c9b85154f8a3e89085fec17697147b6003c7ead0a71dc763"},
		"runtime/mheap.go":                         {"6147548986e268b53fca158135149396a586cfd7d82aef7669b06f59a113bc04"},
		"internal/runtime/maps/runtime.go":         {"51e7dc517a8f14e85c1da24ffd72fda950280fa39e0f53cfafded0dc447cce86"},
		"internal/runtime/maps/runtime_fast32.go":  {"99cc80f2d14739205e12b8096b02a0445f4641b3caed6e697d09d41bd9d5af08"},
		"internal/runtime/maps/runtime_fast64.go":  {"29549c9d433050cfba341e169137f5f0b5748c5c43936f7dd44f38609117b52b"},
		"internal/runtime/maps/runtime_faststr.go": {"9a4abcef59b9a68f01a20da7d68b783c0b3c276a0b876810e45cdc5b4965e1ab"},
	},
	"go1.27": {
		"internal/runtime/maps/map.go":             {"db25c2600bef3dc809cb4d0a09d31a93867a104ea234ec2b085cb6c1ec60197d"},
		"internal/runtime/maps/table.go":           {"428772bd5cac322c142e387b4efd43feabc2d905dd14f5fbf798c458152a09db"},
		"runtime/map.go":                           {"be06a9901396919a866be5b8b8b2d165d9aaa1fec5cb09dd41abc62719ca16a3"},
		"runtime/mheap.go":                         {"848cedd74ae1d10af65eb3beed88ddd7d22d184a64a5a7477251c4886e8a459d"},
		"internal/runtime/maps/runtime.go":         {"12b1858f429f30586d11df63e1977d158fb2382554da7884241a73aa78178b1b"},
		"internal/runtime/maps/runtime_fast32.go":  {"f58aac1c0ddfbbc2140592cc97eab12b36fddff53c81073af1b5ba0e05b61713"},
		"internal/runtime/maps/runtime_fast64.go":  {"62657dae1b54df57b711aaf6cfb83cb3033920641d61315f87ebc60ac1e0d446"},
		"internal/runtime/maps/runtime_faststr.go": {"c682da05b9b640a54883e08302671f3bb745eee8e537584c77ab68d4c71ad38f"},
	},
}
