// Package kubernetes holds the example in deploy/kubernetes against the types of the
// Kubernetes API, and against its strictest security profile.
package kubernetes

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

const manifest = "../../deploy/kubernetes/sidecar.yaml"

// deployment decodes the manifest; what the API does not know is an error.
func deployment(t *testing.T) *appsv1.Deployment {
	t.Helper()
	data, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	var found *appsv1.Deployment
	docs := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for {
		doc, err := docs.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		var kind metav1.TypeMeta
		if err := yaml.Unmarshal(doc, &kind); err != nil {
			t.Fatal(err)
		}
		switch kind.APIVersion + " " + kind.Kind {
		case "apps/v1 Deployment":
			found = new(appsv1.Deployment)
			if err := decode(doc, found); err != nil {
				t.Fatalf("Deployment: %v", err)
			}
		default:
			t.Errorf("the manifest has a %s %s, which no test knows", kind.APIVersion, kind.Kind)
		}
	}
	if found == nil {
		t.Fatal("the manifest has no Deployment")
	}
	return found
}

// decode decodes a document as strictly as the API server does when asked to: an unknown or
// repeated field is an error, and case matters, which it does not to yaml.UnmarshalStrict.
func decode(doc []byte, into any) error {
	data, err := yaml.YAMLToJSONStrict(doc)
	if err != nil {
		return err
	}
	problems, err := kjson.UnmarshalStrict(data, into)
	return errors.Join(append(problems, err)...)
}

func TestManifest(t *testing.T) {
	d := deployment(t)
	for _, problem := range validation.IsDNS1123Subdomain(d.Name) {
		t.Errorf("name %q: %s", d.Name, problem)
	}
	selector, err := metav1.LabelSelectorAsSelector(d.Spec.Selector)
	if err != nil {
		t.Fatal(err)
	}
	if selector.Empty() || !selector.Matches(labels.Set(d.Spec.Template.Labels)) {
		t.Errorf("the selector %s does not match the labels of the pods, %v", selector, d.Spec.Template.Labels)
	}
	pod := &d.Spec.Template.Spec
	volumes := make(map[string]corev1.Volume)
	for _, v := range pod.Volumes {
		volumes[v.Name] = v
	}
	if v, ok := volumes["dumps"]; !ok || v.EmptyDir == nil || v.EmptyDir.SizeLimit == nil {
		t.Error("dumps is no emptyDir with a limit")
	}
	containers := append(append([]corev1.Container(nil), pod.InitContainers...), pod.Containers...)
	names := make(map[string]bool)
	ports := make(map[string]bool)
	for _, c := range containers {
		if names[c.Name] {
			t.Errorf("two containers are called %s", c.Name)
		}
		names[c.Name] = true
		for _, p := range c.Ports {
			ports[c.Name+"/"+p.Name] = true
		}
	}
	for _, c := range containers {
		for _, m := range c.VolumeMounts {
			if _, ok := volumes[m.Name]; !ok {
				t.Errorf("%s mounts %s, which is no volume", c.Name, m.Name)
			}
		}
		for _, probe := range []*corev1.Probe{c.LivenessProbe, c.ReadinessProbe, c.StartupProbe} {
			if probe != nil && (probe.HTTPGet == nil || !ports[c.Name+"/"+probe.HTTPGet.Port.StrVal]) {
				t.Errorf("a probe of %s asks no port of it", c.Name)
			}
		}
		r := c.Resources
		if r.Requests.Cpu().IsZero() || r.Requests.Memory().IsZero() || r.Limits.Memory().IsZero() {
			t.Errorf("%s lacks requests or a limit of memory", c.Name)
		}
		if r.Requests.Memory().Cmp(*r.Limits.Memory()) > 0 {
			t.Errorf("%s asks for more memory than its limit", c.Name)
		}
	}
	for _, c := range pod.InitContainers {
		if c.RestartPolicy == nil || *c.RestartPolicy != corev1.ContainerRestartPolicyAlways {
			t.Errorf("%s is no sidecar: the program would wait for its end", c.Name)
		}
	}
}

// TestRestricted asks the code that admits pods to a namespace with the profile "restricted".
func TestRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	d := deployment(t)
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	evaluate := func() policy.AggregateCheckResult {
		return policy.AggregateCheckResults(evaluator.EvaluatePod(level, &d.Spec.Template.ObjectMeta, &d.Spec.Template.Spec))
	}
	if r := evaluate(); !r.Allowed {
		t.Errorf("not admitted: %s: %s", r.ForbiddenReason(), r.ForbiddenDetail())
	}
	d.Spec.Template.Spec.HostNetwork = true
	if evaluate().Allowed {
		t.Error("the check lets everything in")
	}
}

// flagsOf returns the flags of a command of mapdiag, from its help.
func flagsOf(t *testing.T, command string) map[string]bool {
	cmd := exec.Command("go", "run", "./cmd/mapdiag", "help", command)
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	flags := make(map[string]bool)
	for line := range strings.Lines(string(out)) {
		if name, ok := strings.CutPrefix(line, "\t-"); ok {
			flags["-"+strings.Fields(name)[0]] = true
		}
	}
	return flags
}

// TestCommands keeps to the flags that mapdiag has.
func TestCommands(t *testing.T) {
	flags := map[string]map[string]bool{"export": flagsOf(t, "export"), "watch": flagsOf(t, "watch")}
	seen := make(map[string]bool)
	for _, c := range deployment(t).Spec.Template.Spec.InitContainers {
		if len(c.Args) == 0 || flags[c.Args[0]] == nil {
			t.Errorf("%s runs %q, which mapdiag does not know", c.Name, c.Args)
			continue
		}
		seen[c.Args[0]] = true
		for _, arg := range c.Args[1:] {
			if name, _, _ := strings.Cut(arg, "="); strings.HasPrefix(arg, "-") && !flags[c.Args[0]][name] {
				t.Errorf("%s: mapdiag %s has no flag %s", c.Name, c.Args[0], name)
			}
		}
		if !strings.Contains(strings.Join(c.Args, " "), "http://127.0.0.1:6060/debug/maps") {
			t.Errorf("%s does not read the program over the loopback interface: %q", c.Name, c.Args)
		}
	}
	if len(seen) != 2 {
		t.Errorf("only %v of export and watch are run", seen)
	}
}

// TestStrict makes sure that a mistyped field is noticed.
func TestStrict(t *testing.T) {
	data, err := os.ReadFile(manifest)
	if err != nil {
		t.Fatal(err)
	}
	mistyped := bytes.Replace(data, []byte("readOnlyRootFilesystem"), []byte("readOnlyRootFileSystem"), 1)
	if err := decode(mistyped, new(appsv1.Deployment)); err == nil || !strings.Contains(err.Error(), "readOnlyRootFileSystem") {
		t.Errorf("a mistyped field: %v", err)
	}
}
