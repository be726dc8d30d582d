package e2e

// unmadeIncidents are containers that cannot be made: their configuration, image, volumes or sandbox is wrong.
var unmadeIncidents = []incident{
	{
		name: "config-no-secret", core: true, app: `{envFrom: [{secretRef: {name: db-login}}], livenessProbe: {httpGet: {port: 8080}}}`,
		proof: "CreateContainerConfigError, secret \\\"db-login\\\" not found", want: headlines("config", "app", "secret, db-login").but(anyProbe),
	},
	{
		name: "config-no-configmap", app: `{env: [{name: MODE, valueFrom: {configMapKeyRef: {name: settings, key: mode}}}]}`,
		proof: "CreateContainerConfigError, configmap \\\"settings\\\" not found", want: headlines("config", "app", "configmap, settings"),
	},
	{
		name: "config-no-key", app: `{env: [{name: MODE, valueFrom: {configMapKeyRef: {name: "{{.Name}}", key: mode}}}]}`,
		with:  `{apiVersion: v1, kind: ConfigMap, metadata: {name: "{{.Name}}"}, data: {level: "1"}}`,
		proof: "CreateContainerConfigError, key mode", want: headlines("config", "app", "key|mode, configmap"),
	},
	{
		name: "config-nonroot", app: `{securityContext: {runAsNonRoot: true}}`,
		proof: "CreateContainerConfigError, runAsNonRoot", want: headlines("config", "app", "root"),
	},
	{
		name: "config-subpath", app: `{volumeMounts: [{name: data, mountPath: /data, subPathExpr: $(TENANT)}]}`, spec: `{volumes: [{name: data, emptyDir: {}}]}`,
		proof: "CreateContainerConfigError, TENANT", want: headlines("config", "app", "TENANT|subPath"),
	},
	{
		name: "config-workdir", app: `{workingDir: /bin/busybox/data}`,
		proof: "mkdir /bin/busybox, not a directory", want: headlines("config|exit|failed", "app", "/bin/busybox|not a directory|working"),
	},
	{
		name: "config-no-command", app: `{command: [/opt/server/run]}`,
		proof: "/opt/server/run, no such file", want: headlines("config|exit|failed", "app", "/opt/server/run").but(anyProbe),
	},
	{
		name: "config-not-executable", app: `{command: [/conf/run.sh], volumeMounts: [{name: conf, mountPath: /conf}]}`,
		spec:  `{volumes: [{name: conf, configMap: {name: "{{.Name}}", defaultMode: 0444}}]}`,
		with:  `{apiVersion: v1, kind: ConfigMap, metadata: {name: "{{.Name}}"}, data: {run.sh: "#!/bin/sh\nsleep 99\n"}}`,
		proof: "/conf/run.sh, permission denied", want: headlines("config|exit|failed", "app", "/conf/run.sh|permission|executable").but(anyProbe),
	},
	{
		name: "image-never", core: true, app: `{image: "probetop.dev/absent:1", imagePullPolicy: Never, readinessProbe: {httpGet: {port: 8080}}}`,
		proof: "ErrImageNeverPull", want: headlines("image", "app", "probetop.dev/absent:1").but(anyProbe),
	},
	{
		name: "image-pull", app: `{image: "registry.invalid/shop/web:1", imagePullPolicy: IfNotPresent}`,
		proof: "ErrImagePull|ImagePullBackOff, registry.invalid/shop/web:1", want: headlines("image", "app", "registry.invalid/shop/web:1|registry.invalid").but(anyProbe),
	},
	{
		name: "image-name", app: `{image: "Shop/Web:1", imagePullPolicy: IfNotPresent}`,
		proof: "InvalidImageName", want: headlines("image", "app", "Shop/Web:1, name|invalid"),
	},
	{
		name: "image-sidecar", app: `{readinessProbe: {httpGet: {port: 8080}}}`,
		spec:  `{initContainers: [{name: envoy, restartPolicy: Always, image: "probetop.dev/absent:2", imagePullPolicy: Never}]}`,
		proof: "ErrImageNeverPull", want: headlines("image", "envoy", "probetop.dev/absent:2"),
	},
	{
		name: "image-one-of-two", app: `{readinessProbe: {httpGet: {port: 8080}}}`,
		spec:  `{containers: [{name: envoy, image: "probetop.dev/absent:3", imagePullPolicy: Never}]}`,
		proof: "ErrImageNeverPull", want: headlines("image", "envoy", "probetop.dev/absent:3"),
	},
	{
		name: "volume-configmap", core: true, app: `{livenessProbe: {httpGet: {port: 8080}}, volumeMounts: [{name: conf, mountPath: /mnt}]}`, spec: `{volumes: [{name: conf, configMap: {name: web-conf}}]}`,
		proof: "FailedMount, configmap \\\"web-conf\\\" not found", want: headlines("volume", "", "conf, configmap|web-conf").but("liveness"),
	},
	{
		name: "volume-secret", app: `{volumeMounts: [{name: tls, mountPath: /mnt}]}`, spec: `{volumes: [{name: tls, secret: {secretName: web-tls}}]}`,
		proof: "FailedMount, secret \\\"web-tls\\\" not found", want: headlines("volume", "", "tls, secret|web-tls"),
	},
	{
		name: "volume-key", app: `{volumeMounts: [{name: conf, mountPath: /mnt}]}`, spec: `{volumes: [{name: conf, configMap: {name: "{{.Name}}", items: [{key: app.toml, path: app.toml}]}}]}`,
		with:  `{apiVersion: v1, kind: ConfigMap, metadata: {name: "{{.Name}}"}, data: {app.yaml: "a: 1"}}`,
		proof: "FailedMount, non-existent config key", want: headlines("volume", "", "conf, app.toml|key"),
	},
	{
		name: "volume-hostpath", app: `{volumeMounts: [{name: disk, mountPath: /mnt}]}`, spec: `{volumes: [{name: disk, hostPath: {path: /no/such/disk, type: Directory}}]}`,
		proof: "FailedMount, hostPath type check failed", want: headlines("volume", "", "disk, /no/such/disk"),
	},
	{
		name: "sandbox-runtime", app: `{livenessProbe: {httpGet: {port: 8080}}}`, spec: `{runtimeClassName: "{{.Namespace}}"}`,
		with:  `{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: "{{.Namespace}}"}, handler: gvisor}`,
		proof: "FailedCreatePodSandBox, gvisor", want: headlines("sandbox", "", "gvisor|runtime").but("liveness"),
	},
}
