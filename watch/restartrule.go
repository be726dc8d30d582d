package watch

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/probetop/probetop/model"
)

// ruleOf converts one of a container's restartPolicyRules.
func ruleOf(in *interner, r *corev1.ContainerRestartRule) model.RestartRule {
	rule := model.RestartRule{Action: in.string(string(r.Action))}
	if codes := r.ExitCodes; codes != nil {
		rule.Not = codes.Operator == corev1.ContainerRestartRuleOnExitCodesOpNotIn
		rule.Codes = codes.Values
	}
	return rule
}

// appendRule appends what tells a rule from others.
func appendRule(key []byte, r *corev1.ContainerRestartRule) []byte {
	key = append(key, r.Action...)
	if codes := r.ExitCodes; codes != nil {
		key = append(append(key, 0), codes.Operator...)
		for _, code := range codes.Values {
			key = strconv.AppendInt(append(key, 0), int64(code), 10)
		}
	}
	return key
}

// memoryLimit is the memory limit of a container as the manifest writes it; empty for none.
func memoryLimit(c *corev1.Container) string {
	limit, ok := c.Resources.Limits[corev1.ResourceMemory]
	if !ok {
		return ""
	}
	return limit.String()
}
