using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker.Hosting.Discovery;

/// <summary>
/// Finds the functions among an app's types: their public methods with <see cref="FunctionAttribute"/>. The types may be internal, as with the
/// worker's own generator (Azure/azure-functions-dotnet-worker#2089).
/// </summary>
internal static partial class FunctionDiscovery
{
    const BindingFlags Candidates = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    /// <exception cref="HostStartException">A function is not one that can be run; the message says why.</exception>
    public static IReadOnlyList<FunctionMethod> Find(IEnumerable<Type> types)
    {
        var found = types
            .Where(type => type.IsClass && (!type.IsAbstract || type.IsSealed))
            .SelectMany(type => type.GetMethods(Candidates))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .Select(Read)
            .OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
        foreach (var twice in found.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            var places = string.Join(" and ", twice.Select(function => $"{function.Class.Name}.{function.Method.Name}"));
            throw new HostStartException($"The function name {twice.Key} is used by {places}. Give each function a name of its own in [Function(...)].");
        }

        return found;
    }

    static FunctionMethod Read(MethodInfo method)
    {
        var name = method.GetCustomAttribute<FunctionAttribute>()!.Name;
        var triggers = method.GetParameters()
            .SelectMany(parameter => parameter.GetCustomAttributes<TriggerBindingAttribute>().Select(trigger => (parameter, trigger)))
            .ToList();
        if (triggers.Count != 1)
        {
            throw new HostStartException(
                $"The function {name} ({method.ReflectedType!.Name}.{method.Name}) has {triggers.Count} triggers, and a function has one. "
                + "Put [HttpTrigger], [ServiceBusTrigger] or [TimerTrigger] on one of its parameters.");
        }

        var function = new FunctionMethod(name, method, triggers[0].parameter, triggers[0].trigger);
        return Objection(function) is { } why ? throw function.Refused(why) : function;
    }

    static string? Objection(FunctionMethod function) => function switch
    {
        _ when !FunctionName().IsMatch(function.Name) =>
            "a name starts with a letter and has at most 128 letters, digits, '_' and '-'. Change it in [Function(...)].",
        _ when function.Method.ContainsGenericParameters => "it is generic, and nobody could say of what. Give it a method without type parameters.",
        _ when function.Method.ReturnType == typeof(void) && function.Method.IsDefined(typeof(AsyncStateMachineAttribute)) =>
            "it is async void, so nobody could await it. Let it return a Task.",
        _ when function.Trigger is not (HttpTriggerAttribute or ServiceBusTriggerAttribute or TimerTriggerAttribute) =>
            $"the local host does not know the trigger {function.Trigger.GetType().Name}. It runs HTTP, Service Bus and timer triggers.",
        _ => null,
    };

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,127}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FunctionName();
}
