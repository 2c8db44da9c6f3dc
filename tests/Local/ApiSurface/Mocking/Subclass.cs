using System.Reflection;
using System.Reflection.Emit;

namespace Atrium.Local.ApiSurface.Tests.Mocking;

/// <summary>Makes what a test of the app would write by hand: a subclass that overrides everything that can be overridden.</summary>
internal static class Subclass
{
    /// <summary>
    /// An instance, made through the parameterless constructor. Every override throws, so that a base which calls one from there is found.
    /// </summary>
    /// <exception cref="TypeLoadException">A method cannot be overridden, or the constructor not be reached.</exception>
    public static object Of(Type type, IEnumerable<MethodInfo> overridden)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new($"{type.Name}.Fakes"), AssemblyBuilderAccess.Run).DefineDynamicModule("Fakes");
        var fake = module.DefineType("Fake" + type.Name, TypeAttributes.Public, type);
        fake.DefineDefaultConstructor(MethodAttributes.Public);
        foreach (var method in overridden)
        {
            Override(fake, method);
        }

        return Activator.CreateInstance(fake.CreateType())!;
    }

    private static void Override(TypeBuilder fake, MethodInfo method)
    {
        var kept = method.Attributes & (MethodAttributes.MemberAccessMask | MethodAttributes.SpecialName);
        var parameters = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        var body = fake.DefineMethod(method.Name, kept | MethodAttributes.Virtual | MethodAttributes.HideBySig, method.ReturnType, parameters);
        var code = body.GetILGenerator();
        code.Emit(OpCodes.Newobj, typeof(NotSupportedException).GetConstructor([])!);
        code.Emit(OpCodes.Throw);
        fake.DefineMethodOverride(body, method);
    }
}
